import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How far each writer of a run has come: what restarts, ranks and stragglers are known by, without reading a point. */
export class CreateRunWriter1790000900000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table read.run_writer (
        series bigint not null, -- the run: custody.series
        writer bigint not null, -- custody.writer_receipt; 0 stands for points without a writer
        -- Least and greatest of its points, of all metrics.
        first_step bigint not null,
        last_step bigint not null,
        first_time bigint not null,
        last_time bigint not null,
        points bigint not null, -- stored rows
        primary key (series, writer)
      ) with (fillfactor = 70)`);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
