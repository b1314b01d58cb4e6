import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Bytes that have expired: marked first, so that doors know of it, and gone later. A row stays for ever, as a tombstone. */
export class ExpireArtifacts1790002341000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table custody.expired_artifact (
        digest text collate "C" not null primary key,
        event text not null, -- of the decision by which the last of those who had it expired
        marked_at timestamptz not null,
        gone_at timestamptz
      );
      create index expired_artifact_open on custody.expired_artifact (marked_at) where gone_at is null;`);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only; custody is never dropped');
  }
}
