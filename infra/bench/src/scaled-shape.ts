import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { migratePostgres, openDataSource } from '@runledger/postgres';
import {
  type Spawned,
  spawnProgram,
  startClickHouseHttp,
  startKafka,
  startPostgres,
  startRedis,
  temporaryFolder,
} from '@runledger/testkit';

const WORKSPACE = path.resolve(__dirname, '../../..');

export type ScaledShape = Readonly<{ writeUrl: string; readUrl: string; key: string; stop(): Promise<void> }>;

type Env = Record<string, string>;

/** A room as it is built, in a process of its own, once it is ready. */
export async function startService(name: string, env: Env): Promise<{ spawned: Spawned; url: string }> {
  const spawned = spawnProgram(process.execPath, [`${WORKSPACE}/services/${name}/dist/main.js`], { env });
  const [, url = ''] = await spawned.line(/ready(?: at (http:\S+))?/);
  return { spawned, url };
}

/**
 * Ingest, a projector and query as processes on Kafka, Postgres and Redis. ClickHouse is the embedded engine behind the testkit's
 * HTTP front, since no server can be had here: its figures are a floor, not a cluster's.
 */
export async function startScaledShape(): Promise<ScaledShape> {
  const folder = temporaryFolder('bench-scaled');
  const postgres = await startPostgres({ own: true, durable: true });
  const [kafka, redis, clickhouse] = await Promise.all([startKafka(), startRedis(), startClickHouseHttp()]);
  const source = await openDataSource(postgres.url);
  await migratePostgres(source);
  await source.destroy();
  const key = `rlk_${randomBytes(32).toString('base64url')}`;
  const shared: Env = {
    RUNLEDGER_PORT: '0',
    RUNLEDGER_LOG: 'kafka',
    RUNLEDGER_KAFKA_BROKERS: kafka.brokers.join(','),
    RUNLEDGER_POSTGRES_URL: postgres.url,
    RUNLEDGER_REDIS_URL: redis.url,
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
  return {
    writeUrl: ingest.url,
    readUrl: query.url,
    key,
    stop: async () => {
      for (const { spawned } of [ingest, query, projector]) await spawned.stop();
      for (const server of [clickhouse, redis, kafka, postgres]) await server.stop();
      folder.remove();
    },
  };
}
