import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What was handed out becomes part of the record: which of it is already. */
export class RecordExports1790002360000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table custody.handed_out add column recorded boolean not null default false;
      create index handed_out_unrecorded on custody.handed_out (at) where not recorded;`);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only; custody is never dropped');
  }
}
