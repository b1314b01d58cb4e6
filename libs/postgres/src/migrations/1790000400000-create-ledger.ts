import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The Merkle log of each workspace. Custody: a signed checkpoint binds us, and no rebuild could give its leaves the same order. */
export class CreateLedger1790000400000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- Leaves 0 up to and without \`sequenced\` have their place for ever; up to \`integrated\` they are in the tree; of
      -- \`published\` everybody may have a checkpoint.
      create table custody.ledger_log (
        workspace text primary key,
        sequenced bigint not null default 0,
        integrated bigint not null default 0,
        published bigint not null default 0,
        -- Roots of the perfect subtrees of the integrated tree, the largest first.
        subtrees bytea[] not null default '{}',
        -- As whom, and by which key, its checkpoints are signed. Set at the first one.
        origin text,
        verifier_key text,
        check (published <= integrated and integrated <= sequenced)
      );

      create table custody.ledger_leaf (
        workspace text not null,
        index bigint not null,
        -- What it is about, as which event: the same one again is the same leaf, with another content another.
        stream text not null,
        stream_seq bigint not null,
        event text not null,
        digest bytea not null,
        -- With it, the payload can be compared with the leaf; without it, the leaf says nothing about the payload.
        salt bytea,
        hash bytea not null,
        entry bytea not null,
        primary key (workspace, index),
        unique (workspace, stream, event, digest),
        unique (workspace, stream, stream_seq)
      );
      create index ledger_leaf_by_event on custody.ledger_leaf (workspace, event);
      create table custody.ledger_stream (
        workspace text not null,
        stream text not null,
        next_seq bigint not null,
        primary key (workspace, stream)
      );

      -- A tile only grows: a narrower version of it is how it begins.
      create table custody.ledger_tile (
        workspace text not null,
        level int not null,
        index bigint not null,
        bytes bytea not null,
        primary key (workspace, level, index)
      );
      alter table custody.ledger_tile alter column bytes set storage external;

      -- One root for a size, for ever. Stored before anybody sees it.
      create table custody.ledger_checkpoint (
        workspace text not null,
        size bigint not null,
        root bytea not null,
        note text not null,
        signed_at timestamptz not null default clock_timestamp(),
        primary key (workspace, size)
      );

      -- Who may integrate and sign. Every write of his compares the epoch.
      create table custody.ledger_writer (
        one boolean primary key default true check (one),
        epoch bigint not null,
        holder text not null,
        seen_at timestamptz not null
      );
    `);
  }

  async down(): Promise<void> {
    throw new Error('custody is never dropped: migrations go forward only');
  }
}
