import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What lies in logged models, by path. */
export class CreateLoggedModelFile1790000700000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table read.logged_model_file (
        workspace text not null,
        logged_model text collate "C" not null,
        path text collate "C" not null,
        digest text not null,
        size bigint not null,
        media_type text not null,
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
        -- One decision stores one path. A path may be longer than an index entry, hence no key of it.
        primary key (workspace, logged_model, from_off, from_ord)
      );
      create index logged_model_file_current on read.logged_model_file (workspace, logged_model, md5(path))
        where to_off is null;`);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only; the read schema is refilled from the log');
  }
}
