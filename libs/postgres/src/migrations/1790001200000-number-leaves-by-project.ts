import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Leaves are numbered in their project too, and a segment is found by the streams that it has messages of. */
export class NumberLeavesByProject1790001200000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- Null in leaves that were written before, and where no project is known of the stream.
      alter table custody.ledger_leaf add column project text, add column project_seq bigint;
      create unique index ledger_leaf_by_project on custody.ledger_leaf (workspace, project, project_seq)
        where project is not null;

      -- What the stream's first event that names a project said.
      alter table custody.ledger_stream add column project text;
      create index ledger_stream_by_project on custody.ledger_stream (workspace, project) where project is not null;
      create table custody.ledger_project (
        workspace text not null,
        project text not null,
        next_seq bigint not null,
        primary key (workspace, project)
      );

      -- Which segments have messages of a stream. It follows from the record, and is kept so that nobody has to read it all.
      -- Those that were closed before may have messages of any stream, which is called *.
      create table custody.ledger_touch (
        workspace text not null,
        stream text not null,
        index bigint not null,
        primary key (workspace, stream, index)
      );
      insert into custody.ledger_touch (workspace, stream, index)
        select workspace, '*', index from custody.ledger_leaf where salt is null;
    `);
  }

  async down(): Promise<void> {
    throw new Error('custody is never dropped: migrations go forward only');
  }
}
