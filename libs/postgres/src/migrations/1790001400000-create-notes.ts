import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Notes of runs, and saved views of an experiment's runs, as versions with a history. */
export class CreateNotes1790001400000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table read.note (
        workspace text not null,
        run text collate "C" not null,
        text text not null,
        number int not null,
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
        to_actor text,
        primary key (workspace, run, from_off, from_ord)
      );
      create unique index note_current on read.note (workspace, run) where to_off is null;
      create table read.saved_view (
        workspace text not null,
        view text collate "C" not null,
        experiment text collate "C" not null,
        name text collate "C" not null,
        search text not null,
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
        to_actor text,
        primary key (workspace, view, from_off, from_ord)
      );
      create unique index saved_view_current on read.saved_view (workspace, view) where to_off is null;
      create index saved_view_by_name on read.saved_view (workspace, experiment, name) where to_off is null;`);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only; the read schema is refilled from the log');
  }
}
