import type { MigrationInterface, QueryRunner } from 'typeorm';

const READ = `
  create table read.webhook (
    workspace text not null,
    webhook text collate "C" not null,
    name text not null,
    description text not null,
    url text not null,
    events jsonb not null,
    secret text,
    status text not null,
    reason text,
    changed_at timestamptz not null,
    created_at timestamptz,
    created_seq bigint not null,
    seq bigint not null, -- journalseq of the decision that made this version
    from_off bigint not null,
    from_ord int not null,
    from_time timestamptz not null,
    from_actor text not null,
    to_off bigint,
    to_ord int,
    to_time timestamptz,
    to_actor text,
    primary key (workspace, webhook, from_off, from_ord)
  );
  create unique index webhook_current on read.webhook (workspace, webhook) where to_off is null;
  create index webhook_by_age on read.webhook (workspace, created_seq desc) where to_off is null;`;

/** What is told to others, in one order for each workspace, and how far each receiver has got. */
const CUSTODY = `
  create table custody.secret (
    workspace text not null,
    id text collate "C" not null,
    owner text collate "C" not null, -- the stream that it belongs to
    key text not null, -- fingerprint of the key that seals it
    sealed bytea not null,
    created_at timestamptz not null default now(),
    primary key (workspace, id)
  );
  create index secret_of_owner on custody.secret (workspace, owner);

  create table custody.webhook_head (
    workspace text primary key,
    place bigint not null -- of the newest entry of its feed
  );
  create table custody.webhook_entry (
    workspace text not null,
    place bigint not null,
    event text not null,
    source bytea not null, -- digest of the recorded event's identity: each is told of once
    recorded_at timestamptz not null,
    body text not null,
    primary key (workspace, place),
    unique (workspace, source)
  );
  create table custody.webhook_endpoint (
    workspace text not null,
    webhook text collate "C" not null,
    seq bigint not null, -- journalseq of the last decision that was applied
    url text not null,
    events text[] not null,
    secret text,
    status text not null,
    place bigint not null, -- everything up to here was delivered, or was not for it
    failures int not null default 0,
    failing_since timestamptz,
    next_at timestamptz not null default now(),
    last_at timestamptz,
    last_status int,
    last_error text,
    delivered_at timestamptz,
    holder text, -- who is sending
    held_until timestamptz,
    primary key (workspace, webhook)
  );
  create index webhook_endpoint_due on custody.webhook_endpoint (next_at) where status = 'active';`;

export class CreateWebhook1790001300000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(READ);
    await runner.query(CUSTODY);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only; custody is never dropped');
  }
}
