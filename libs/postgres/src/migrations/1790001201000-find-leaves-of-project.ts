import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Leaves of a project, and segments, are read in the order of the log. */
export class FindLeavesOfProject1790001201000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create unique index ledger_leaf_of_project on custody.ledger_leaf (workspace, project, index) where project is not null;
      drop index custody.ledger_leaf_by_project;
      create index ledger_touch_in_order on custody.ledger_touch (workspace, index);
      -- Those that came before their stream's project was known.
      create index ledger_leaf_of_none on custody.ledger_leaf (workspace, stream) where project is null;
    `);
  }

  async down(): Promise<void> {
    throw new Error('custody is never dropped: migrations go forward only');
  }
}
