import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Which runs did the same work. Runs of before have none until they are refilled, or say more. */
export class CreateRunFingerprint1790001002000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table read.run_fingerprint (
        workspace text not null,
        run text collate "C" not null,
        fingerprint text collate "C" not null,
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
      create unique index run_fingerprint_current on read.run_fingerprint (workspace, run) where to_off is null;
      create index run_of_fingerprint on read.run_fingerprint (workspace, fingerprint);
    `);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only; the read schema is refilled from the log');
  }
}
