import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What of runs has expired, and how far that is carried out: it stays for ever, as a tombstone. */
export class ExpireRuns1790002340000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table custody.expired_run (
        workspace text not null,
        run text collate "C" not null,
        what text not null, -- points or artifacts
        event text not null, -- of the decision
        journalseq bigint not null,
        decided_at timestamptz not null,
        gone_at timestamptz, -- null until it is carried out
        primary key (workspace, run, what)
      );
      create index expired_run_seen on custody.expired_run (workspace, journalseq);
      create index expired_run_open on custody.expired_run (decided_at) where gone_at is null;
      create index journal_event_of_expiry on custody.journal_event (workspace, journalseq)
        where type in ('points.expired', 'artifacts.expired');
      create index journal_event_of_retention on custody.journal_event (workspace, journalseq)
        where type = 'retention.set';`);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only; custody is never dropped');
  }
}
