import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Dashboards and reports, and comments, as versions with a history. */
export class CreateBoards1790002100000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table read.board (
        workspace text not null,
        board text collate "C" not null,
        form text not null,
        name text not null,
        number int not null,
        panels jsonb not null,
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
        primary key (workspace, board, from_off, from_ord)
      );
      create unique index board_current on read.board (workspace, board) where to_off is null;
      create table read.comment (
        workspace text not null,
        comment text collate "C" not null,
        about jsonb not null,
        text text not null,
        mentions jsonb not null,
        author text not null,
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
        primary key (workspace, comment, from_off, from_ord)
      );
      create unique index comment_current on read.comment (workspace, comment) where to_off is null;
      create index comment_about on read.comment using gin (about jsonb_path_ops) where to_off is null;
      create index comment_mentions on read.comment using gin (mentions jsonb_path_ops) where to_off is null;`);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only; the read schema is refilled from the log');
  }
}
