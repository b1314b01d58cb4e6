import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Which checkpoints have left, and by which keys a log is signed while its key changes. */
export class CreateLedgerDelivery1790001202000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table custody.ledger_delivery (
        sink text not null,
        workspace text not null,
        -- The largest checkpoint that the sink has.
        size bigint not null,
        delivered_at timestamptz not null default clock_timestamp(),
        primary key (sink, workspace)
      );

      -- The key that signs besides verifier_key, and will sign alone some day.
      alter table custody.ledger_log add column next_verifier_key text;
    `);
  }

  async down(): Promise<void> {
    throw new Error('custody is never dropped: migrations go forward only');
  }
}
