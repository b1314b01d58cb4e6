import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Ranges of the log that are kept as files in an archive, and where a log on Postgres begins once they were taken out of it. */
export class ArchiveLog1790002330000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table custody.log_partition add column start_offset bigint not null default 0
        check (start_offset between 0 and next_offset);
      create table custody.log_archive (
        topic text not null,
        partition int not null,
        first bigint not null,
        next bigint not null,
        incarnation text not null,
        bytes bigint not null,
        digest text collate "C" not null,
        previous text collate "C", -- null: the first one of its partition
        first_at timestamptz not null,
        last_at timestamptz not null,
        archived_at timestamptz not null default clock_timestamp(),
        verified_at timestamptz, -- when its file was last read back and found whole
        dropped_at timestamptz, -- when its records were taken out of the log
        primary key (topic, partition, first),
        unique (topic, partition, next),
        check (first < next),
        check ((first = 0) = (previous is null)),
        check (dropped_at is null or verified_at is not null)
      );`);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only; custody is never dropped');
  }
}
