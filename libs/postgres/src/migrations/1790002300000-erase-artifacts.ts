import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Stones of artifacts, which stay for ever: what was there, by whose order it went, and since when it is gone. */
export class EraseArtifacts1790002300000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table custody.erased_artifact (
        digest text collate "C" not null,
        workspace text not null,
        erasure text collate "C" not null,
        runs text[] collate "C" not null, -- whose file it was: what others have under the same digest is not erased
        approved_at timestamptz not null,
        gone_at timestamptz, -- null while others have the same bytes
        primary key (digest, workspace, erasure)
      );
      create index logged_model_file_by_digest on read.logged_model_file (digest) where to_off is null;`);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only; custody is never dropped');
  }
}
