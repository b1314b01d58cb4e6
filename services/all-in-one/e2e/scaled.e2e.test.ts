import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { METRIC_POINT, openHttpClickHouse } from '@runledger/clickhouse';
import {
  AcknowledgedStream,
  checkAcknowledged,
  createDatabase,
  type Spawned,
  spawnProgram,
  startClickHouseHttp,
  startKafka,
  startRedis,
  type TemporaryFolder,
  temporaryFolder,
  WORKSPACE,
} from '@runledger/testkit';

const KEY = `rlk_${randomBytes(32).toString('base64url')}`;
const RUNS = 3;
const STEPS = 150;

/**
 * Every service a process of its own, on real Kafka, Redis and Postgres, and on the ClickHouse engine behind the testkit's HTTP
 * front: no ClickHouse server can be had where the tests run.
 */
describe('the scaled shape', () => {
  let folder: TemporaryFolder;
  let env: Record<string, string>;
  const stops: Array<() => Promise<unknown>> = [];
  const later = <T extends { stop(): Promise<unknown> }>(server: T): T => {
    stops.push(() => server.stop());
    return server;
  };

  const service = (name: 'ingest' | 'projector' | 'query'): Spawned =>
    later(spawnProgram(process.execPath, [`${WORKSPACE}/services/${name}/dist/main.js`], { env }));
  const urlOf = async (spawned: Spawned): Promise<string> => (await spawned.line(/ready at (http:\S+)/))[1] as string;

  beforeAll(async () => {
    folder = temporaryFolder('scaled');
    const database = await createDatabase('scaled');
    stops.push(() => database.drop());
    const [kafka, redis, clickhouse] = await Promise.all([startKafka(), startRedis(), startClickHouseHttp()]);
    for (const server of [kafka, redis, clickhouse]) later(server);
    env = {
      RUNLEDGER_PORT: '0',
      RUNLEDGER_LOG: 'kafka',
      RUNLEDGER_KAFKA_BROKERS: kafka.brokers.join(','),
      RUNLEDGER_POSTGRES_URL: database.url,
      RUNLEDGER_CLICKHOUSE_URL: clickhouse.url,
      RUNLEDGER_REDIS_URL: redis.url,
      RUNLEDGER_ARTIFACTS: `${folder.path}/artifacts`,
      RUNLEDGER_ADMIN_KEY: KEY,
      RUNLEDGER_LOG_LEVEL: 'warn',
    };
  }, 120_000);
  afterAll(async () => {
    for (const stop of stops.reverse()) await stop();
    folder.remove();
  }, 60_000);

  /** Settings of one service only; an unknown one would stop its start. */
  const without = (...names: string[]): void => {
    for (const name of names) delete env[name];
  };

  it('carries the demo and a stream through the death of a projector, and shows every point once', async () => {
    const everything = { ...env };
    const ingest = (without('RUNLEDGER_CLICKHOUSE_URL'), service('ingest'));
    const ingestUrl = await urlOf(ingest);
    env = { ...everything };
    without('RUNLEDGER_ADMIN_KEY', 'RUNLEDGER_ARTIFACTS');
    const projectors = [service('projector'), service('projector')];
    env = { ...everything };
    without('RUNLEDGER_ADMIN_KEY');
    const queryUrl = await urlOf(service('query'));
    await Promise.all(projectors.map((projector) => projector.line(/ready/)));

    const url = (): string => ingestUrl;
    const stream = { url, key: KEY, file: `${folder.path}/acknowledged`, writers: 6, pauseMs: 20, prefix: 'streamed' };
    const streaming = new AcknowledgedStream(stream);
    streaming.start();
    const demo = spawnProgram(
      process.execPath,
      [
        `${WORKSPACE}/infra/demo/dist/main.js`,
        '--runs',
        String(RUNS),
        '--steps',
        String(STEPS),
        '--read-url',
        queryUrl,
      ],
      { cwd: folder.path, env: { RUNLEDGER_URL: ingestUrl, RUNLEDGER_API_KEY: KEY } },
    );
    await sleep(4_000);
    projectors[0]?.kill('SIGKILL');
    expect(await demo.ended).toBe(0); // it fails when anything that it sent is missing
    expect(demo.output()).toMatch(/missing batches 0/);

    const end = await streaming.stop();
    expect(end.refused).toEqual([]);
    expect(end.acknowledged).toBeGreaterThan(200);
    const found = await checkAcknowledged({ ...stream, url: () => queryUrl });
    expect(found).toEqual({ points: found.points, lost: [], duplicates: [], torn: [] });

    const clickhouse = await openHttpClickHouse({ url: everything['RUNLEDGER_CLICKHOUSE_URL'] as string });
    const count = async (final: string) =>
      Number((await clickhouse.rows<{ n: string }>(`select count() as n from ${METRIC_POINT} ${final}`))[0]?.n);
    expect(await count('')).toBe(await count('final'));
    await clickhouse.close();
  }, 240_000);
});
