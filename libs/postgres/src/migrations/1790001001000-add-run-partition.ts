import { partitionOfRun } from '@runledger/contracts';
import type { MigrationInterface, QueryRunner } from 'typeorm';

const AT_ONCE = 10_000;
type Run = Readonly<{ workspace: string; run: string }>;

/** What reading as of a moment needs: the partition of each run, by which it is cut, and times of the log that never go back. */
export class AddRunPartition1790001001000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table custody.log_partition add column appended timestamptz not null default '-infinity';
      alter table read.run add column lp smallint;
    `);
    for (;;) {
      const runs = (await runner.query(
        `select workspace, run from read.run where lp is null group by 1, 2 limit ${AT_ONCE}`,
      )) as Run[];
      if (runs.length === 0) break;
      await runner.query(
        `update read.run r set lp = n.lp from unnest($1::text[], $2::text[], $3::int[]) as n (workspace, run, lp)
         where r.workspace = n.workspace and r.run = n.run`,
        [
          runs.map(({ workspace }) => workspace),
          runs.map(({ run }) => run),
          runs.map(({ workspace, run }) => partitionOfRun('runs', workspace, run)),
        ],
      );
    }
    await runner.query(`
      alter table read.run alter column lp set not null;
      create index run_tag_by_key on read.run_tag (workspace, key, short) where to_off is not null;
    `);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
