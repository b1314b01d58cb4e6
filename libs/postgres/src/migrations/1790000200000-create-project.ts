import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Projects, as versions with a history like the other tables of the read schema. */
export class CreateProject1790000200000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table read.project (
        workspace text not null,
        project text collate "C" not null,
        name text collate "C" not null,
        description text not null,
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
        primary key (workspace, project, from_off, from_ord)
      );
      create unique index project_current on read.project (workspace, project) where to_off is null;
      create index project_by_age on read.project (workspace, created_seq desc) where to_off is null;`);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only; the read schema is refilled from the log');
  }
}
