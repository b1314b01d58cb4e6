import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The read schema: what the projector makes of the log. It can be dropped and made again from the log at any time.
 *
 * A place is an offset and an ordinal: all of a run lies in one partition, all of a workspace's catalog too, so that
 * places of one row compare. In tables with a history a row is one version: it held from `from_…` up to and without
 * `to_…`, and is current while `to_off` is null. Times of places are the log's, times of events are the client's.
 */
export class CreateRead1790000001000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(HISTORIES);
    await runner.query(FIRST_WINS);
    await runner.query(MEMORY);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only; the read schema is refilled from the log');
  }
}

const VERSION = `
  from_off bigint not null,
  from_ord int not null,
  from_time timestamptz not null,
  from_actor text not null,
  to_off bigint,
  to_ord int,
  to_time timestamptz,
  to_actor text`;

const HISTORIES = `
  create table read.experiment (
    workspace text not null,
    experiment text collate "C" not null,
    project text not null,
    name text collate "C" not null,
    lifecycle text not null,
    tags jsonb not null,
    created_at timestamptz,
    created_seq bigint not null,
    seq bigint not null, -- journalseq of the decision that made this version
    ${VERSION},
    primary key (workspace, experiment, from_off, from_ord)
  );
  create unique index experiment_current on read.experiment (workspace, experiment) where to_off is null;
  create index experiment_by_age on read.experiment (workspace, created_seq desc) where to_off is null;
  create index experiment_by_name on read.experiment (workspace, name) where to_off is null;

  create table read.run (
    workspace text not null,
    run text collate "C" not null,
    project text not null,
    experiment text collate "C", -- null until the run is announced
    name text,
    description text,
    status text not null,
    lifecycle text not null,
    started_at timestamptz, -- null until the run is announced
    finished_at timestamptz,
    message text,
    parent text,
    fork_run text,
    fork_step bigint,
    first_off bigint not null, -- of the run's first fact, whichever it was
    first_ord int not null,
    first_time timestamptz not null,
    finish_off bigint, -- where the finish was recorded that counts; facts recorded after it are late
    finish_ord int,
    finish_time timestamptz,
    sort_at timestamptz not null generated always as (coalesce(started_at, first_time)) stored,
    ${VERSION},
    primary key (workspace, run, from_off, from_ord)
  );
  create unique index run_current on read.run (workspace, run) where to_off is null;
  create index run_by_age on read.run (workspace, sort_at desc, run desc) where to_off is null;
  create index run_of_experiment on read.run (workspace, experiment, sort_at desc, run desc) where to_off is null;
  create index run_of_parent on read.run (workspace, parent) where to_off is null and parent is not null;

  create table read.run_tag (
    workspace text not null,
    run text collate "C" not null,
    key text collate "C" not null,
    value text not null,
    ${VERSION},
    primary key (workspace, run, key, from_off, from_ord)
  );
  create unique index run_tag_current on read.run_tag (workspace, run, key) where to_off is null;
  -- A value may be longer than an index entry; whoever looks one up compares the whole as well.
  create index run_tag_by_value on read.run_tag (workspace, key, left(value, 200)) where to_off is null;

  create table read.run_artifact (
    workspace text not null,
    run text collate "C" not null,
    path text collate "C" not null,
    digest text not null,
    size bigint not null,
    media_type text not null,
    ${VERSION},
    -- One event stores one path. A path may be longer than an index entry, hence no key of it.
    primary key (workspace, run, from_off, from_ord)
  );
  create index run_artifact_current on read.run_artifact (workspace, run, md5(path)) where to_off is null;

  create table read.run_code (
    workspace text not null,
    run text collate "C" not null,
    repository text,
    commit text,
    branch text,
    dirty boolean,
    diff_digest text,
    entrypoint text,
    ${VERSION},
    primary key (workspace, run, from_off, from_ord)
  );
  create unique index run_code_current on read.run_code (workspace, run) where to_off is null;

  create table read.run_environment (
    workspace text not null,
    run text collate "C" not null,
    host text,
    os text,
    runtime text,
    command text,
    cpus bigint,
    memory_bytes bigint,
    accelerators jsonb not null,
    packages jsonb not null,
    ${VERSION},
    primary key (workspace, run, from_off, from_ord)
  );
  create unique index run_environment_current on read.run_environment (workspace, run) where to_off is null;`;

const FIRST_WINS = `
  -- The first value in the log stays; a later, different one is a row of read.conflict.
  create table read.run_param (
    workspace text not null,
    run text collate "C" not null,
    key text collate "C" not null,
    kind text not null,
    value text not null,
    number double precision, -- of a number, and of text that reads as one
    from_off bigint not null,
    from_ord int not null,
    from_time timestamptz not null,
    from_actor text not null,
    primary key (workspace, run, key)
  );
  create index run_param_by_value on read.run_param (workspace, key, left(value, 200));
  create index run_param_by_number on read.run_param (workspace, key, number) where number is not null;

  create table read.run_input (
    workspace text not null,
    run text collate "C" not null,
    identity bytea not null, -- SHA-256 of name, digest and context
    name text collate "C" not null,
    digest text not null,
    context text not null,
    source text,
    source_type text,
    schema text,
    profile text,
    tags jsonb not null,
    from_off bigint not null,
    from_ord int not null,
    from_time timestamptz not null,
    from_actor text not null,
    primary key (workspace, run, identity)
  );
  create index run_input_by_digest on read.run_input (workspace, digest);

  -- What the record holds and the tables above do not show, since something else came first.
  create table read.conflict (
    workspace text not null,
    run text collate "C" not null,
    kind text not null, -- param, start, event (same id, other body), sequence (same writer and sequence, other events)
    name text collate "C" not null,
    off bigint not null,
    ord int not null,
    item int not null, -- within the event
    event text collate "C" not null,
    digest bytea not null, -- of the event's body where it was not applied, else empty: the same again is the same conflict
    value jsonb not null,
    time timestamptz not null,
    actor text not null,
    primary key (workspace, run, event, item, digest)
  );
  create index conflict_in_order on read.conflict (workspace, run, off, ord, item);`;

const MEMORY = `
  -- Every fact that had its effect. A repeat has none, however late it comes.
  create table read.applied_event (
    workspace text not null,
    run text collate "C" not null,
    event text collate "C" not null,
    digest bytea not null,
    primary key (workspace, run, event)
  );
  create table read.catalog_progress (
    workspace text primary key,
    journalseq bigint not null
  );

  -- Receipts of what is projected into this schema. Receipts of metric batches are custody: series cannot be told from them.
  create table read.writer_receipt (
    workspace text not null,
    run text collate "C" not null,
    topic text not null,
    writer text collate "C" not null,
    stored int8multirange not null,
    primary key (workspace, run, topic, writer)
  );
  create table read.writer_closed (
    workspace text not null,
    run text collate "C" not null,
    topic text not null,
    writer text collate "C" not null,
    batches bigint not null,
    points bigint not null,
    off bigint not null,
    ord int not null,
    time timestamptz not null,
    primary key (workspace, run, topic, writer)
  );

  -- What can never be applied, with its place; the dead topic holds the bytes.
  create table read.dead_letter (
    group_name text not null,
    topic text not null,
    partition int not null,
    off bigint not null,
    ord int not null, -- of the event in its message; -1 is the whole message
    workspace text, -- when it could be read
    step text not null,
    code text not null,
    message text not null,
    time timestamptz not null,
    primary key (group_name, topic, partition, off, ord)
  );`;
