import { randomBytes } from 'node:crypto';
import { type Log, openPostgresLog } from '@runledger/bus';
import { TOPICS } from '@runledger/contracts';
import { createLogger } from '@runledger/kernel';
import { migratePostgres, openDataSource } from '@runledger/postgres';
import { eventually, startClickHouseHttp, startPostgres, temporaryFolder } from '@runledger/testkit';
import type { DataSource } from 'typeorm';
import { cpuSeconds } from './cpu-seconds';
import { startService } from './scaled-shape';
import type { Door } from './send';

export type LedgerShape = Readonly<{
  door: Door;
  log: Log;
  /** From now on everything gets its leaf. Answers the pid. */
  startNotary(): Promise<number>;
  /** Resolves when all that is in the log is in a published checkpoint. Answers its size. */
  published(): Promise<number>;
  /** Processor seconds of all processes of the pipeline so far: stores, rooms, and the notary when it runs. */
  cpuSeconds(): number;
  stop(): Promise<void>;
}>;

async function publishedSize(source: DataSource, log: Log): Promise<number | undefined> {
  const ends = await log.ends(Object.values(TOPICS).map(({ name }) => name));
  const [row]: Array<{ behind: string; size: string }> = await source.query(
    `select (select coalesce(sum(e.off - coalesce(l.next_offset, 0)), 0)
             from unnest($1::text[], $2::int[], $3::bigint[]) as e(topic, partition, off)
             left join custody.lease l on l.group_name = 'notary' and l.topic = e.topic and l.partition = e.partition)
          + (select coalesce(sum(sequenced - published), 0) from custody.ledger_log) as behind,
       (select coalesce(sum(published), 0) from custody.ledger_log) as size`,
    [ends.map(({ topic }) => topic), ends.map(({ partition }) => partition), ends.map(({ offset }) => offset)],
  );
  return row !== undefined && Number(row.behind) === 0 ? Number(row.size) : undefined;
}

/** Ingest, a projector and, when it is asked for, a notary as processes of their own, on one Postgres that has the log, too. */
export async function startLedgerShape(): Promise<LedgerShape> {
  const folder = temporaryFolder('bench-ledger');
  const postgres = await startPostgres({ own: true, durable: true });
  const clickhouse = await startClickHouseHttp();
  const source = await openDataSource(postgres.url);
  await migratePostgres(source);
  const log = await openPostgresLog({ url: postgres.url, logger: createLogger('bench', 'warn') });
  const key = `rlk_${randomBytes(32).toString('base64url')}`;
  const shared = {
    RUNLEDGER_PORT: '0',
    RUNLEDGER_POSTGRES_URL: postgres.url,
    RUNLEDGER_LIMITS_WORKSPACE: 'off',
    RUNLEDGER_LIMITS_CALLER: 'off',
    RUNLEDGER_LOG_LEVEL: 'warn',
  };
  const engine = { RUNLEDGER_CLICKHOUSE_URL: clickhouse.url };
  const artifacts = { RUNLEDGER_ARTIFACTS: `${folder.path}/artifacts` };
  const personal = {
    RUNLEDGER_PERSONAL_KEYS: `${folder.path}/personal`,
    RUNLEDGER_PERSONAL_KEY: `${folder.path}/personal.key`,
  };
  const ingest = await startService('ingest', { ...shared, ...artifacts, ...personal, RUNLEDGER_ADMIN_KEY: key });
  const projector = await startService('projector', { ...shared, ...engine });
  const query = await startService('query', { ...shared, ...engine, ...artifacts, ...personal });
  const services = [ingest, projector, query];
  const pids = (): number[] => [postgres.pid, clickhouse.pid(), ...services.map(({ spawned }) => spawned.pid)];
  return {
    door: { url: ingest.url, readUrl: query.url, key },
    log,
    async startNotary() {
      const notary = await startService('notary', {
        ...shared,
        ...artifacts,
        RUNLEDGER_NOTARY_KEY: `${folder.path}/notary.key`,
      });
      services.push(notary);
      return notary.spawned.pid;
    },
    published: () => eventually(() => publishedSize(source, log), 300_000),
    cpuSeconds: () => cpuSeconds(pids()),
    async stop() {
      for (const { spawned } of services.reverse()) await spawned.stop();
      await log.close();
      await source.destroy();
      await clickhouse.stop();
      await postgres.stop();
      folder.remove();
    },
  };
}
