import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Registered models, their versions and aliases; logged models, and what runs say about them. */
export class CreateModel1790000201000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(REGISTRY);
    await runner.query(LOGGED);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only; the read schema is refilled from the log');
  }
}

const DECIDED = `
  created_at timestamptz,
  created_seq bigint not null,
  seq bigint not null, -- journalseq of the decision that made this version`;

const FROM = `
  from_off bigint not null,
  from_ord int not null,
  from_time timestamptz not null,
  from_actor text not null`;

const HISTORY = `${FROM},
  to_off bigint,
  to_ord int,
  to_time timestamptz,
  to_actor text`;

const REGISTRY = `
  create table read.model (
    workspace text not null,
    model text collate "C" not null, -- its name may change, this does not
    name text collate "C" not null,
    description text not null,
    lifecycle text not null,
    tags jsonb not null,
    last_version int not null,
    changed_at timestamptz not null,
    ${DECIDED},
    ${HISTORY},
    primary key (workspace, model, from_off, from_ord)
  );
  create unique index model_current on read.model (workspace, model) where to_off is null;
  create index model_by_name on read.model (workspace, name) where to_off is null and lifecycle = 'active';
  create index model_tags on read.model using gin (tags jsonb_path_ops) where to_off is null;

  create table read.model_version (
    workspace text not null,
    model text collate "C" not null,
    version text collate "C" not null,
    number int not null generated always as (version::int) stored,
    source text not null,
    location text not null,
    run text collate "C",
    run_link text,
    logged_model text collate "C",
    description text not null,
    stage text not null,
    tags jsonb not null,
    created_by text not null,
    changed_at timestamptz not null,
    ${DECIDED},
    ${HISTORY},
    primary key (workspace, model, version, from_off, from_ord)
  );
  create unique index model_version_current on read.model_version (workspace, model, number) where to_off is null;
  create index model_version_of_run on read.model_version (workspace, run) where to_off is null and run is not null;
  create index model_version_of_logged_model on read.model_version (workspace, logged_model)
    where to_off is null and logged_model is not null;

  create table read.model_alias (
    workspace text not null,
    model text collate "C" not null,
    alias text collate "C" not null,
    version int not null,
    ${DECIDED},
    ${HISTORY},
    primary key (workspace, model, alias, from_off, from_ord)
  );
  create unique index model_alias_current on read.model_alias (workspace, model, alias) where to_off is null;`;

const LOGGED = `
  create table read.logged_model (
    workspace text not null,
    logged_model text collate "C" not null,
    experiment text collate "C" not null,
    name text not null,
    run text collate "C",
    model_type text,
    status text not null,
    lifecycle text not null,
    params jsonb not null,
    tags jsonb not null,
    created_by text not null,
    changed_at timestamptz not null,
    ${DECIDED},
    ${HISTORY},
    primary key (workspace, logged_model, from_off, from_ord)
  );
  create unique index logged_model_current on read.logged_model (workspace, logged_model) where to_off is null;
  create index logged_model_of_experiment on read.logged_model (workspace, experiment, created_seq desc)
    where to_off is null;
  create index logged_model_of_run on read.logged_model (workspace, run) where to_off is null and run is not null;

  create table read.run_output (
    workspace text not null,
    run text collate "C" not null,
    logged_model text collate "C" not null,
    step bigint not null,
    ${FROM},
    primary key (workspace, run, logged_model, step)
  );
  create index run_output_of_model on read.run_output (workspace, logged_model);

  create table read.model_metric (
    workspace text not null,
    run text collate "C" not null,
    identity bytea not null, -- SHA-256 of everything but the place
    logged_model text collate "C" not null,
    key text collate "C" not null,
    value double precision not null,
    step bigint not null,
    time bigint not null, -- ms since 1970, as the client said
    dataset_name text,
    dataset_digest text,
    ${FROM},
    primary key (workspace, run, identity)
  );
  create index model_metric_of_model on read.model_metric (workspace, logged_model, key);`;
