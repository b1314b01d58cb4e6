import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Until when bytes are locked where they lie, and for which project. The store itself decides; this says what need not be tried before. */
export class LockArtifacts1790002500000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table custody.artifact_lock (
        digest text collate "C" not null,
        workspace text not null, -- empty, and so the project, where the store has a lock of its own
        project text collate "C" not null,
        until timestamptz not null,
        primary key (digest, workspace, project)
      );
      create index artifact_lock_of_project on custody.artifact_lock (workspace, project, until);`);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only; custody is never dropped');
  }
}
