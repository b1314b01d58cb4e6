import type { MigrationInterface, QueryRunner } from 'typeorm';

const VERSION = `
  created_at timestamptz,
  created_seq bigint not null,
  seq bigint not null,
  from_off bigint not null,
  from_ord int not null,
  from_time timestamptz not null,
  from_actor text not null,
  to_off bigint,
  to_ord int,
  to_time timestamptz,
  to_actor text`;

/** Objectives, gates, approvals and the inventory of models, as versions with a history. */
export class CreateGovernance1790001900000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table read.objective (
        workspace text not null,
        objective text collate "C" not null,
        number bigint not null,
        scope_kind text not null,
        scope_id text collate "C" not null,
        name text collate "C" not null,
        definition jsonb not null,
        defined_at timestamptz not null, -- of this definition
        ${VERSION},
        primary key (workspace, objective, from_off, from_ord)
      );
      create unique index objective_current on read.objective (workspace, objective) where to_off is null;
      create index objective_of_scope on read.objective (workspace, scope_kind, scope_id, name) where to_off is null;
      create table read.gate (
        workspace text not null,
        holder text collate "C" not null, -- model/<id> or project/<id>
        target text collate "C" not null, -- alias/<name> or stage/<name>
        place jsonb not null, -- the target by its parts
        objectives jsonb not null,
        approvals jsonb not null,
        before boolean not null,
        ${VERSION},
        primary key (workspace, holder, target, from_off, from_ord)
      );
      create unique index gate_current on read.gate (workspace, holder, target) where to_off is null;
      create table read.approval (
        workspace text not null,
        model text collate "C" not null,
        approval text collate "C" not null,
        version bigint not null,
        meaning text not null,
        printed_name text not null,
        person text not null,
        actor text not null,
        evidence jsonb not null,
        withdrawn jsonb,
        ${VERSION},
        primary key (workspace, model, approval, from_off, from_ord)
      );
      create unique index approval_current on read.approval (workspace, model, approval) where to_off is null;
      create index approval_of_version on read.approval (workspace, model, version) where to_off is null;
      create table read.inventory (
        workspace text not null,
        model text collate "C" not null,
        owner text not null,
        tier text not null,
        validator text not null,
        purpose text not null,
        review_by text collate "C", -- a date, YYYY-MM-DD
        ${VERSION},
        primary key (workspace, model, from_off, from_ord)
      );
      create unique index inventory_current on read.inventory (workspace, model) where to_off is null;
      create index inventory_by_review on read.inventory (workspace, review_by) where to_off is null;`);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only; the read schema is refilled from the log');
  }
}
