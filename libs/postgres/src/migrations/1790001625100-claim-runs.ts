import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Where runs belong that callers announced who are kept to projects: known before the log has been projected that far. */
export class ClaimRuns1790001625100 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table custody.run_claim (
        workspace text not null,
        run text collate "C" not null,
        project text not null,
        primary key (workspace, run)
      );`);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only; custody is never dropped');
  }
}
