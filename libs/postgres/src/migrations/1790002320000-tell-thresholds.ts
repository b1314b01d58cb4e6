import type { MigrationInterface, QueryRunner } from 'typeorm';

const READ = `
  alter table read.webhook add column condition text, add column scope jsonb;`;

/** What is told of thresholds and objectives, from where it was found to its place in a feed. */
const CUSTODY = `
  alter table custody.webhook_endpoint
    add column condition text, -- of metrics; null: it watches none
    add column watch bigint not null default 0, -- journalseq of the decision by which it looks for what it looks for
    add column scope_kind text,
    add column scope_id text;
  create index webhook_endpoint_watching on custody.webhook_endpoint (workspace) where condition is not null;

  alter table custody.webhook_entry
    add column webhook text collate "C", -- whom it is for; null: whoever asks for the event
    add column project text, -- of the run that it is about, where that matters
    add column experiment text;

  -- The first point of a run at which a webhook's condition held: written with the offset that moves past it, kept so that it is the first.
  create table custody.webhook_crossing (
    workspace text not null,
    webhook text collate "C" not null,
    watch bigint not null,
    run text collate "C" not null,
    state text not null default 'found', -- told, or elsewhere: the run is not one of its scope
    recorded_at timestamptz not null, -- the log's time
    partition int not null,
    off bigint not null,
    ord int not null,
    metric text not null,
    step bigint not null,
    time bigint not null,
    value float8 not null,
    next_at timestamptz not null default now(),
    primary key (workspace, webhook, watch, run)
  );
  create index webhook_crossing_found on custody.webhook_crossing (next_at) where state = 'found';

  -- Runs that have ended and are to be judged by their objectives, since somebody wants to be told.
  create table custody.webhook_judgement (
    workspace text not null,
    run text collate "C" not null,
    event text collate "C" not null, -- the fact by which it ended
    ended_at timestamptz not null, -- the log's time
    primary key (workspace, run, event)
  );
  create index webhook_judgement_by_age on custody.webhook_judgement (ended_at);`;

export class TellThresholds1790002320000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(READ);
    await runner.query(CUSTODY);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only; custody is never dropped');
  }
}
