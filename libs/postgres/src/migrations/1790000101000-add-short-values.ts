import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The beginning of each param and tag as a column: what a search compares and sorts by. An index holds it together with the run,
 * so that the runs of a value are read from the index alone, and the statistics know which values a key has.
 */
export class AddShortValues1790000101000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const [table, current] of [
      ['run_param', ''],
      ['run_tag', 'where to_off is null'],
    ] as const)
      await runner.query(`
        alter table read.${table} add column short text collate "C" not null generated always as (left(value, 200)) stored;
        drop index read.${table}_by_value;
        create index ${table}_by_value on read.${table} (workspace, key, short) include (run) ${current};
        create statistics read.${table}_values (mcv) on key, short from read.${table};
        alter statistics read.${table}_values set statistics 1000;
      `);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
