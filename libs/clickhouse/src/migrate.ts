import { createHash } from 'node:crypto';
import { Fault } from '@runledger/kernel';
import type { ClickHouse } from './engine';
import { createMetricPoint } from './migrations/0001-create-metric-point';
import { createMetricRollup } from './migrations/0002-create-metric-rollup';
import { packTimes } from './migrations/0003-pack-times';
import { smallPartsOf } from './migrations/0004-small-parts';

/** `onlyFsync`: left out, and not remembered, where inserts do not wait for the disk. */
type Migration = Readonly<{ name: string; sql: string; onlyFsync?: true }>;

/** Number = place + 1. Every statement is idempotent; one that has run anywhere never changes. */
const MIGRATIONS: readonly Migration[] = [
  { name: 'create-metric-point', sql: createMetricPoint },
  { name: 'create-metric-rollup', sql: createMetricRollup },
  { name: 'pack-times', sql: packTimes },
  { name: 'small-parts-of-points', sql: smallPartsOf('metric_point_v1'), onlyFsync: true },
  { name: 'small-parts-of-rollups', sql: smallPartsOf('metric_rollup_v1'), onlyFsync: true },
];

export type ClickHouseLayout = Readonly<{
  /** Wait for the disk at every insert: offsets in Postgres must not outlive parts. On where one machine is all there is. */
  fsync: boolean;
  /** '' on a single node, 'Replicated' on a cluster. */
  engine?: '' | 'Replicated';
}>;

const digest = (sql: string): string => createHash('sha256').update(sql).digest('hex');

/** Brings an empty or older schema to the current one. @throws Fault bug CLICKHOUSE_SCHEMA_CHANGED */
export async function migrateClickHouse(clickhouse: ClickHouse, layout: ClickHouseLayout): Promise<void> {
  await clickhouse.command('create database if not exists runledger');
  await clickhouse.command(
    'create table if not exists runledger.migration (number UInt16, name String, digest String, at DateTime default now()) engine = MergeTree order by number',
  );
  const done = await clickhouse.rows<{ number: number; digest: string }>(
    'select number, digest from runledger.migration',
  );
  const durability = layout.fsync ? ', fsync_after_insert = 1, fsync_part_directory = 1' : '';
  for (const [index, { name, sql, onlyFsync }] of MIGRATIONS.entries()) {
    if (onlyFsync && !layout.fsync) continue;
    const before = done.find((d) => d.number === index + 1);
    if (before !== undefined) {
      if (before.digest !== digest(sql))
        throw new Fault('bug', 'CLICKHOUSE_SCHEMA_CHANGED', `migration ${name} is not the one that has run`);
      continue;
    }
    const statement = sql
      .replace('metric_', 'runledger.metric_')
      .replace('{engine}', layout.engine ?? '')
      .replace('{durability}', durability);
    await clickhouse.command(statement);
    await clickhouse.command(
      'insert into runledger.migration (number, name, digest) values ({number:UInt16}, {name:String}, {digest:String})',
      {
        number: index + 1,
        name,
        digest: digest(sql),
      },
    );
  }
}
