import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Which metrics a run has, so that names are listed and searched without reading a point; and where the rollups stand. */
export class CreateSeriesKey1790000002000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table read.series_key (
        series bigint not null,
        key bigint not null,
        primary key (series, key)
      );
      create table read.rollup_watermark (
        partition int primary key,
        next_offset bigint not null
      );
    `);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
