import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Keys belong to service accounts; those that are there already to the operator's. What a key was narrowed to was said in fewer words
 * before: it keeps what it could do.
 */
export class OwnKeysByAccounts1790001600000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table custody.api_key add column account text not null default 'operator';
      alter table custody.api_key add column last_used_at timestamptz;
      update custody.api_key set permissions = permissions || '{models:promote,projects:write}'::text[]
        where 'commands:write' = any (permissions);
      update custody.api_key set permissions = permissions || '{webhooks:read}'::text[]
        where 'webhooks:write' = any (permissions);
      create index journal_event_of_access on custody.journal_event (workspace, journalseq)
        where type ~ '^(service-account|key|grant|access)[.]';`);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only; keys are never forgotten');
  }
}
