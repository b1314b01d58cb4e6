import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What runs printed: a row for each event, which carries many lines. */
export class CreateConsole1790000600000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table read.console_chunk (
        workspace text not null,
        run text collate "C" not null,
        event text collate "C" not null,
        digest bytea not null,
        off bigint not null,
        ord int not null,
        time timestamptz not null,
        actor text not null,
        writer text collate "C" not null,
        stream text not null,
        first_line bigint not null,
        line_times jsonb not null,
        lines jsonb not null,
        primary key (workspace, run, event)
      );
      create unique index console_chunk_in_order on read.console_chunk (workspace, run, off, ord);
    `);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
