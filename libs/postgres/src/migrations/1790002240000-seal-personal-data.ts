import type { MigrationInterface, QueryRunner } from 'typeorm';

const TABLES = `
  -- Since when nothing about people is written in clear.
  create table custody.sealing (
    one boolean primary key default true check (one),
    since timestamptz not null default now(),
    clear_before boolean not null, -- the operator has accepted that older events tell of people for ever
    canary text not null -- opens with the keys of this deployment, and with no others
  );

  -- What was decided to be erased, and how far it is done. Says nothing of the person.
  create table custody.erasure (
    workspace text not null,
    erasure text collate "C" not null,
    subjects text[] collate "C" not null, -- ids whose keys are destroyed
    people text[] collate "C" not null, -- rows of custody.person that are purged
    approved_at timestamptz not null,
    done_at timestamptz,
    report jsonb,
    primary key (workspace, erasure)
  );

  -- Answers that left as files and may tell of people. What was handed out is out of reach.
  create table custody.handed_out (
    workspace text not null,
    id text collate "C" not null,
    at timestamptz not null,
    actor text not null,
    kind text not null, -- of the answer: evidence
    scope jsonb not null, -- what was asked for
    primary key (workspace, id)
  );`;

export class SealPersonalData1790002240000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(TABLES);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only; custody is never dropped');
  }
}
