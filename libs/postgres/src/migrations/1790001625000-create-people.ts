import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Who people are, and what they are signed in by. All that tells of a person's name lies in one row, which can be deleted. */
const PEOPLE = `
  create table custody.person (
    workspace text not null,
    id text collate "C" not null, -- what grants and events call this person
    issuer text not null, -- the provider, by its name in the issuers' file
    subject text not null, -- what the provider calls this person
    name text,
    email text,
    created_at timestamptz not null default now(),
    seen_at timestamptz not null default now(),
    primary key (workspace, id),
    unique (workspace, issuer, subject)
  );

  create table custody.session (
    id text collate "C" primary key,
    hash bytea not null unique, -- SHA-256 of the token, which nobody keeps but its holder
    kind text not null, -- browser, terminal or workload
    workspace text not null,
    actor text not null,
    grantee_kind text not null,
    grantee_id text not null,
    groups text[] not null,
    scopes text[] not null,
    projects text[], -- null: all that the grantee reaches
    trust text, -- of a workload: by which rule it was let in
    created_at timestamptz not null default now(),
    seen_at timestamptz not null default now(), -- to a minute
    idle_seconds int not null,
    expires_at timestamptz not null
  );
  create index session_by_end on custody.session (expires_at);

  create table custody.session_code (
    hash bytea primary key, -- SHA-256 of a code that is exchanged for a session, once
    challenge text not null, -- RFC 7636, S256
    session text not null, -- of the browser in which it was allowed
    expires_at timestamptz not null
  );`;

/** The timeline of access tells of sessions and of trusted issuers as well. */
const EVENTS = `
  drop index custody.journal_event_of_access;
  create index journal_event_of_access on custody.journal_event (workspace, journalseq)
    where type ~ '^(service-account|key|grant|access|session|trust)[.]';`;

export class CreatePeople1790001625000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(PEOPLE);
    await runner.query(EVENTS);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only; custody is never dropped');
  }
}
