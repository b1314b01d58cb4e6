import { type Log, openPostgresLog } from '@runledger/bus';
import { type LogRecord, metricRecord, writeMetricBatch } from '@runledger/contracts';
import { createLogger } from '@runledger/kernel';
import { openDataSource } from '@runledger/postgres';
import { createDatabase, eventually, type Spawned, spawnProgram, WORKSPACE } from '@runledger/testkit';
import type { DataSource } from 'typeorm';

export const POINTS = 40;
const RUNS = 8;
const MAIN = `${WORKSPACE}/services/projector/dist/main.js`;
const SHARED = { workspace: 'default', source: 'test', actor: 'tester', recordedtime: '2026-11-24T10:00:00.000Z' };

function batch(run: string, sequence: number): LogRecord {
  const steps = BigInt64Array.from({ length: POINTS }, (_, i) => BigInt(sequence * POINTS + i));
  const made = {
    run,
    writer: 'w',
    sequence,
    id: `${run}-${sequence}`,
    time: 1_790_000_000_000,
    keys: ['loss'],
    keyIndex: new Uint32Array(POINTS),
    steps,
    times: steps,
    values: Float64Array.from(steps, Number),
  };
  return metricRecord(made, writeMetricBatch(made), SHARED);
}

/** A database with the log in it, real projector processes on it, and what was sent to them. */
export type Bench = Readonly<{
  source: DataSource;
  /** Starts services/projector as it is built. */
  projector(env: Readonly<Record<string, string>>): Spawned;
  /** One batch for each of eight runs, over all partitions. */
  send(): Promise<void>;
  /** Waits until everything sent is projected. */
  caughtUp(): Promise<true>;
  /** Forgets what was projected and sent: for a case that begins with an empty engine. */
  reset(): Promise<void>;
  /** What the engine and the receipts must hold now. */
  everythingOnce(): { stored: number; shown: number; receipts: string[] };
  receipts(): Promise<string[]>;
  close(): Promise<void>;
}>;

export async function openBench(name: string): Promise<Bench> {
  const database = await createDatabase(name);
  const source = await openDataSource(database.url);
  const log: Log = await openPostgresLog({ url: database.url, logger: createLogger('test', 'silent') });
  let sent = 0;

  async function lag(): Promise<number> {
    const rows: Array<{ lag: string }> = await source.query(
      `select sum(p.next_offset - coalesce(l.next_offset, 0)) as lag from custody.log_partition p
       left join custody.lease l on l.group_name = 'series' and l.topic = p.topic and l.partition = p.partition
       where p.topic = 'runledger.metrics.v1'`,
    );
    return Number(rows[0]?.lag);
  }

  return {
    source,
    projector: (env) =>
      spawnProgram(process.execPath, [MAIN], {
        env: { RUNLEDGER_PORT: '0', RUNLEDGER_POSTGRES_URL: database.url, RUNLEDGER_LOG_LEVEL: 'warn', ...env },
      }),
    async send() {
      const sequence = sent++;
      await log.publish(Array.from({ length: RUNS }, (_, i) => batch(`crash-${i}`, sequence)));
    },
    caughtUp: () => eventually(async () => ((await lag()) === 0 ? (true as const) : undefined), 40_000),
    async reset() {
      await source.query('delete from custody.metric_range');
      await source.query(`update custody.writer_receipt set stored = '{}', points = 0`);
      await source.query(`update custody.lease l set next_offset = p.next_offset from custody.log_partition p
                          where l.topic = p.topic and l.partition = p.partition`);
      sent = 0;
    },
    everythingOnce: () => ({ stored: sent * RUNS * POINTS, shown: sent * RUNS * POINTS, receipts: [`{[0,${sent})}`] }),
    async receipts() {
      const rows: Array<{ stored: string }> = await source.query(
        `select distinct stored::text from custody.writer_receipt where run like 'crash-%'`,
      );
      return rows.map((r) => r.stored);
    },
    async close() {
      await log.close();
      await source.destroy();
      await database.drop();
    },
  };
}
