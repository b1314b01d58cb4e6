import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Links to other systems, and what lineage follows from its other end. */
export class CreateRunLink1790001000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table read.run_link (
        workspace text not null,
        run text collate "C" not null,
        identity bytea not null,
        kind text collate "C" not null,
        uri text collate "C" not null,
        external_id text collate "C",
        version text collate "C",
        from_off bigint not null,
        from_ord int not null,
        from_time timestamptz not null,
        from_actor text not null,
        primary key (workspace, run, identity)
      );
      create index run_link_by_uri on read.run_link (workspace, md5(uri));

      alter table read.model_version add column links jsonb not null default '[]';
      create index model_version_linked on read.model_version (workspace) where links <> '[]';

      create index run_artifact_by_digest on read.run_artifact (workspace, digest);
      create index run_fork_of on read.run (workspace, fork_run) where fork_run is not null;
    `);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only; the read schema is refilled from the log');
  }
}
