import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Doors follow who may delete, from where they have come to. */
export class FollowDeleters1790002400000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create index journal_event_of_deleters on custody.journal_event (workspace, journalseq)
        where type = 'deleters.set';`);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only; custody is never dropped');
  }
}
