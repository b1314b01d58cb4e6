import type { MigrationInterface, QueryRunner } from 'typeorm';

/** By which version of its code each projection was filled, who wants it filled anew, and what the last checks found. */
export class CreateProjection1790001801000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table custody.projection (
        name text primary key,
        version int not null,
        -- Of the rebuild that is under way, or was when its process died; null: none.
        filling_version int,
        swapping boolean not null default false,
        stage text,
        records bigint not null default 0,
        of_records bigint not null default 0,
        demand bigint not null default 0, -- counts demands; met: the last one that a rebuild has answered
        met bigint not null default 0,
        demanded_by text,
        failed text,
        rebuilt bigint not null default 0,
        rebuilt_at timestamptz,
        forgotten bigint not null default 0 -- moves when what was rolled of the series holds no more
      );
      create table custody.check_result (
        name text primary key,
        result jsonb not null,
        finished_at timestamptz not null
      );
    `);
  }

  async down(): Promise<void> {
    throw new Error('custody is never dropped: migrations go forward only');
  }
}
