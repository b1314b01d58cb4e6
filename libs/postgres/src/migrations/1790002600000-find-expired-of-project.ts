import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What has expired in a project is listed, newest first. */
export class FindExpiredOfProject1790002600000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create index journal_event_of_expiry_in on custody.journal_event (workspace, (data ->> 'project'), journalseq desc)
        where type in ('points.expired', 'artifacts.expired');`);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
