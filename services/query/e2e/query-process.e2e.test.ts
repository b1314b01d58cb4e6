import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createKeyStore } from '@runledger/access';
import { openPostgresLog } from '@runledger/bus';
import { migrateClickHouse, openHttpClickHouse } from '@runledger/clickhouse';
import { encodePositionToken, recordKey, runSubject, TOPICS } from '@runledger/contracts';
import { createLogger } from '@runledger/kernel';
import { openRedisLive } from '@runledger/live';
import { migratePostgres, openDataSource } from '@runledger/postgres';
import {
  type ClickHouseHttpServer,
  createDatabase,
  eventually,
  freePort,
  type RedisServer,
  type Spawned,
  spawnTypeScript,
  startClickHouseHttp,
  startPostgres,
  startRedis,
  type TemporaryFolder,
  type TestDatabase,
  temporaryFolder,
  WORKSPACE,
} from '@runledger/testkit';
import type { DataSource } from 'typeorm';

const logger = createLogger('query-process', 'silent');
let database: TestDatabase;
let redis: RedisServer;
let clickhouse: ClickHouseHttpServer;
let folder: TemporaryFolder;
let source: DataSource;
let key: string;

beforeAll(async () => {
  [database, redis, clickhouse] = await Promise.all([createDatabase('process'), startRedis(), startClickHouseHttp()]);
  folder = temporaryFolder('query-process');
  source = await openDataSource(database.url);
  const engine = await openHttpClickHouse({ url: clickhouse.url });
  await migrateClickHouse(engine, { fsync: false });
  await engine.close();
  ({ key } = await createKeyStore(source).create({ workspace: 'default', label: 'test', permissions: ['runs:read'] }));
});
afterAll(async () => {
  await source.destroy();
  await Promise.all([redis.stop(), clickhouse.stop(), database.drop()]);
  folder.remove();
});

const start = (env: Record<string, string> = {}): Spawned =>
  spawnTypeScript(join(WORKSPACE, 'services/query/src/main.ts'), [], {
    env: {
      RUNLEDGER_PORT: '0',
      RUNLEDGER_LOG: 'postgres',
      RUNLEDGER_POSTGRES_URL: database.url,
      RUNLEDGER_CLICKHOUSE_URL: clickhouse.url,
      RUNLEDGER_REDIS_URL: redis.url,
      RUNLEDGER_ARTIFACTS: join(folder.path, 'artifacts'),
      RUNLEDGER_LOG_LEVEL: 'warn',
      ...env,
    },
  });

const urlOf = async (query: Spawned): Promise<string> => (await query.line(/ready at (http:\S+)/))[1] ?? '';
const get = (url: string): Promise<Response> => fetch(url, { headers: { authorization: `Bearer ${key}` } });

it('serves on real engines, wakes by Redis, tells when one is away, and stops when asked to', async () => {
  const query = start();
  const url = await urlOf(query);
  expect([(await fetch(`${url}/health/ready`)).status, (await fetch(`${url}/api/v1/runs`)).status]).toEqual([200, 401]);
  expect(await (await get(`${url}/api/v1/runs`)).json()).toEqual({ runs: [], nextPageToken: null });

  // A record that a projector elsewhere takes, and says so by Redis.
  const log = await openPostgresLog({ url: database.url, logger });
  const recordOfRun = recordKey('default', runSubject('r'));
  const [at] = await log.publish([
    { topic: TOPICS.metrics.name, key: recordOfRun, headers: {}, value: Buffer.from('-') },
  ]);
  if (at === undefined) throw new Error('the log answered nothing');
  await source.query(`insert into custody.series (workspace, run) values ('default', 'r')`);
  const token = encodePositionToken({ incarnation: log.incarnation, log: [at], journal: [] });
  const live = await openRedisLive(redis.url, logger);
  const waits: number[] = [];
  for (let i = 0; i < 3; i++) {
    const place = [at.topic, at.partition];
    await source.query(`delete from custody.lease where topic = $1 and partition = $2`, place);
    const waiting = get(`${url}/api/v1/runs/r/series?key=k&at-least=${token}&wait=10000`);
    await sleep(130 * (i + 1)); // at several distances from the look that it takes every second
    await source.query(
      `insert into custody.lease (group_name, topic, partition, next_offset) values ('series', $1, $2, $3)`,
      [...place, at.offset + 1],
    );
    const moved = performance.now();
    live.publish([
      {
        kind: 'projected',
        group: 'series',
        topic: at.topic,
        partition: at.partition,
        fromOffset: at.offset,
        nextOffset: at.offset + 1,
      },
    ]);
    expect((await waiting).status).toBe(200);
    waits.push(performance.now() - moved);
  }
  expect(Math.max(...waits)).toBeLessThan(400);

  await clickhouse.kill();
  await sleep(1_100); // as long as a readiness is kept
  const ready = await fetch(`${url}/health/ready`);
  expect([ready.status, await ready.json()]).toMatchObject([503, { checks: { postgres: 'ok', clickhouse: 'away' } }]);
  expect((await get(`${url}/api/v1/runs`)).status).toBe(200);
  const series = await get(`${url}/api/v1/runs/r/series?key=k`);
  expect([200, 503]).toContain(series.status); // without points of that name the engine need not be asked
  await clickhouse.restart();

  await live.close();
  await log.close();
  expect(await query.stop()).toBe(0);
}, 120_000);

it('answers 503 while Postgres is away, and reads again when it is back, by itself', async () => {
  const [dataDir, port] = [join(folder.path, 'postgres'), await freePort()];
  let postgres = await startPostgres({ own: true, dataDir, port });
  const own = await openDataSource(postgres.url);
  await migratePostgres(own);
  const made = await createKeyStore(own).create({ workspace: 'default', label: 'test', permissions: ['runs:read'] });
  await own.destroy();
  const query = start({ RUNLEDGER_POSTGRES_URL: postgres.url });
  const url = await urlOf(query);
  const runs = () => fetch(`${url}/api/v1/runs`, { headers: { authorization: `Bearer ${made.key}` } });
  expect((await runs()).status).toBe(200);
  await postgres.stop();
  for (let i = 0; i < 5; i++) {
    const answer = await runs();
    expect([answer.status, await answer.json()]).toMatchObject([503, { error: { code: 'READS_STORE_AWAY' } }]);
    expect(answer.headers.get('retry-after')).not.toBeNull();
  }
  postgres = await startPostgres({ own: true, dataDir, port });
  await eventually(async () => (await runs()).status === 200 || undefined, 10_000, 200);
  expect(await query.stop()).toBe(0);
  await postgres.stop();
}, 120_000);

it.each([
  [
    'without access control where others can reach it',
    { RUNLEDGER_AUTH: 'off', RUNLEDGER_HOST: '0.0.0.0' },
    /loopback only/,
  ],
  ['with a setting that it does not know', { RUNLEDGER_PORTS: '1' }, /did you mean RUNLEDGER_PORT/],
  ['on Kafka without brokers', { RUNLEDGER_LOG: 'kafka' }, /RUNLEDGER_KAFKA_BROKERS/],
])('does not start %s', async (_what, env, why) => {
  const query = start(env);
  expect(await query.ended).toBe(2);
  expect(query.output()).toMatch(why);
});
