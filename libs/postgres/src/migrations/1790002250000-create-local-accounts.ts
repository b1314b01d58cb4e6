import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Passwords of this server, for where there is no provider; and what a provider calls the session in which somebody signed in. */
const ACCOUNTS = `
  create table custody.local_account (
    name text collate "C" primary key, -- what is typed in, on the whole server
    workspace text not null,
    person text not null,
    password text not null, -- scrypt:<log2 of N>:<r>:<p>:<salt>:<hash>
    failures int not null default 0, -- since the last sign-in
    locked_until timestamptz,
    created_at timestamptz not null default now(),
    changed_at timestamptz not null default now()
  );
  -- Stands for every name that there is not, so that a wrong one costs what a wrong password costs. Nothing has this hash.
  insert into custody.local_account (name, workspace, person, password) values ('', '', '', '');

  alter table custody.session add column provider_session text;`;

/** The timeline of access tells of local accounts as well. */
const EVENTS = `
  drop index custody.journal_event_of_access;
  create index journal_event_of_access on custody.journal_event (workspace, journalseq)
    where type ~ '^(service-account|key|grant|access|session|trust|local-account)[.]';`;

export class CreateLocalAccounts1790002250000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(ACCOUNTS);
    await runner.query(EVENTS);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only; custody is never dropped');
  }
}
