import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What witnesses have signed, and how it stands with each place that checkpoints go to. */
export class KeepCosignatures1790001623000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table custody.ledger_cosignature (
        workspace text not null,
        size bigint not null,
        -- The witness's verifier key.
        witness text not null,
        -- The signature as it stands below the checkpoint, without its newline.
        line text not null,
        -- When the witness says that it signed.
        signed_at timestamptz not null,
        primary key (workspace, size, witness),
        foreign key (workspace, size) references custody.ledger_checkpoint (workspace, size)
      );
      create index ledger_cosignature_by_witness on custody.ledger_cosignature (witness, workspace, size);

      -- A folder, a URL, a bucket or a witness; absent from what was delivered before this was kept.
      alter table custody.ledger_delivery add column kind text;
      -- The code of what went wrong since the last delivery, and when first.
      alter table custody.ledger_delivery add column fault text;
      alter table custody.ledger_delivery add column failing_since timestamptz;
    `);
  }

  async down(): Promise<void> {
    throw new Error('custody is never dropped: migrations go forward only');
  }
}
