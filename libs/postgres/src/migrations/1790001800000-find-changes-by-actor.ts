import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Changes are listed newest first, also those of one actor, and dead letters as well. */
export class FindChangesByActor1790001800000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create index journal_event_by_actor on custody.journal_event (workspace, actor, journalseq desc);
      create index dead_letter_by_age on read.dead_letter (time desc, group_name, topic, partition, off, ord);
    `);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
