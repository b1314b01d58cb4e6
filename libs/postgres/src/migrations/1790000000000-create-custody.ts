import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Custody: what is backed up and never dropped. The log on one machine, journal, leases, ranges, receipts, numbers, keys. */
export class CreateCustody1790000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create schema custody;
      create schema read;

      -- The log on one machine. Offsets of a partition are gapless: the row of log_partition is locked from taking an
      -- offset until commit, so that a reader who sees offset n has seen all before n.
      create table custody.log_incarnation (
        one boolean primary key default true check (one),
        id text not null
      );
      insert into custody.log_incarnation (id) values (gen_random_uuid()::text);
      create table custody.log_partition (
        topic text not null,
        partition int not null,
        next_offset bigint not null default 0,
        primary key (topic, partition)
      );
      create table custody.log_record (
        topic text not null,
        partition int not null,
        off bigint not null,
        appended timestamptz not null default clock_timestamp(),
        key text not null,
        headers jsonb not null,
        value bytea not null,
        primary key (topic, partition, off)
      ) partition by list (topic);
      create table custody.log_runs_v1 partition of custody.log_record for values in ('runledger.runs.v1');
      create table custody.log_metrics_v1 partition of custody.log_record for values in ('runledger.metrics.v1');
      create table custody.log_console_v1 partition of custody.log_record for values in ('runledger.console.v1');
      create table custody.log_catalog_v1 partition of custody.log_record for values in ('runledger.catalog.v1');
      create table custody.log_dead_v1 partition of custody.log_record for values in ('runledger.dead.v1');
      -- Metric batches do not compress: their doubles are noise to pglz, which would only cost time.
      alter table custody.log_record alter column value set storage external;
      alter table custody.log_metrics_v1 alter column value set storage external;
      create table custody.log_member (
        group_name text not null,
        member text not null,
        seen_at timestamptz not null,
        primary key (group_name, member)
      );
      -- Moves by one with every change of a group's members, so that none of them misses one between two heartbeats.
      create table custody.log_group (
        group_name text primary key,
        generation bigint not null
      );

      -- Where each consumer group stands, and who may move it (design: fencing). next_offset is the first not yet projected.
      create table custody.lease (
        group_name text not null,
        topic text not null,
        partition int not null,
        epoch bigint not null default 0,
        holder text not null default '',
        next_offset bigint not null default 0,
        primary key (group_name, topic, partition)
      );

      -- Numbers that stand for names in the series tables. Given once, never reused.
      create table custody.series (
        number bigint generated always as identity primary key,
        workspace text not null,
        run text not null,
        unique (workspace, run)
      );
      create table custody.metric_key (
        number bigint generated always as identity primary key,
        workspace text not null,
        key text not null,
        unique (workspace, key)
      );

      -- Receipt and memory in one: which of a writer's sequences are stored.
      create table custody.writer_receipt (
        number bigint generated always as identity primary key,
        workspace text not null,
        run text not null,
        topic text not null,
        writer text not null,
        stored int8multirange not null default '{}',
        points bigint not null default 0,
        unique (workspace, run, topic, writer)
      );

      -- A range of the metrics topic that becomes one part of the series table. Persisted before the insert.
      create table custody.metric_range (
        partition int not null,
        first_offset bigint not null,
        last_offset bigint not null,
        epoch bigint not null,
        dropped bigint[] not null,
        row_count bigint not null,
        digest text not null,
        projection_version int not null,
        query_id text not null,
        done boolean not null default false,
        created_at timestamptz not null default now(),
        primary key (partition, first_offset)
      );

      create table custody.workspace (
        id text primary key,
        name text not null,
        created_at timestamptz not null default now()
      );
      insert into custody.workspace (id, name) values ('default', 'Default');
      create table custody.api_key (
        id text primary key,
        workspace text not null references custody.workspace (id),
        hash bytea not null unique, -- SHA-256 of the 256-bit key
        label text not null,
        actor text not null,
        permissions text[] not null,
        created_at timestamptz not null default now(),
        expires_at timestamptz,
        revoked_at timestamptz
      );

      -- The journal: decided events, in streams with an expected version. journalseq is gapless per workspace.
      create table custody.journal_head (
        workspace text primary key,
        journalseq bigint not null default 0,
        relayed bigint not null default 0
      );
      create table custody.journal_event (
        workspace text not null,
        journalseq bigint not null,
        subject text not null,
        version int not null,
        id text not null,
        type text not null,
        time timestamptz not null,
        dataversion int not null,
        data jsonb not null,
        actor text not null,
        recordedtime timestamptz not null,
        primary key (workspace, journalseq),
        unique (workspace, subject, version),
        unique (workspace, id)
      );
      create table custody.journal_claim (
        workspace text not null,
        kind text not null,
        name text not null,
        subject text not null,
        primary key (workspace, kind, name)
      );
      create table custody.journal_command (
        workspace text not null,
        id text not null,
        name text not null,
        digest text not null,
        answer jsonb not null,
        primary key (workspace, id)
      );
    `);
  }

  async down(): Promise<void> {
    throw new Error('custody is never dropped: migrations go forward only');
  }
}
