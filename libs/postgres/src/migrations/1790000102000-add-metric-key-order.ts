import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The first page of a run's metrics is read in the order of names, also where it has 100,000 of them (222 ms before, 2 ms with it). */
export class AddMetricKeyOrder1790000102000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('create index metric_key_in_order on custody.metric_key (key collate "C")');
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
