import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openKafkaLog } from '@runledger/bus';
import { readEventRecord, runSubject, TOPICS } from '@runledger/contracts';
import {
  createDatabase,
  eventually,
  type KafkaServer,
  type Spawned,
  spawnTypeScript,
  startKafka,
  type TestDatabase,
  temporaryFolder,
} from '@runledger/testkit';

const KEY = 'the-key-of-this-test';
const files = temporaryFolder('ingest');
let database: TestDatabase;
let kafka: KafkaServer;
let ingest: Spawned;
let url: string;

beforeAll(async () => {
  [database, kafka] = await Promise.all([createDatabase('ingest_kafka'), startKafka()]);
  ingest = spawnTypeScript(join(__dirname, '../src/main.ts'), [], {
    env: {
      RUNLEDGER_PORT: '0',
      RUNLEDGER_LOG: 'kafka',
      RUNLEDGER_KAFKA_BROKERS: kafka.brokers.join(','),
      RUNLEDGER_POSTGRES_URL: database.url,
      RUNLEDGER_ARTIFACTS: `${files.path}/artifacts`,
      RUNLEDGER_PERSONAL_KEYS: `${files.path}/personal`,
      RUNLEDGER_PERSONAL_KEY: `${files.path}/personal.key`,
      RUNLEDGER_ADMIN_KEY: KEY,
      RUNLEDGER_LOG_LEVEL: 'error',
    },
  });
  [, url = ''] = await ingest.line(/ready at (http:\S+)/);
}, 120_000);
afterAll(async () => {
  await ingest.stop();
  await kafka.stop();
  await database.drop();
  files.remove();
});

type Said = Readonly<{ id: string; status: number; retryAfter: string | null; ms: number; at: number }>;

async function post(path: string, body: object): Promise<Omit<Said, 'id'>> {
  const began = performance.now();
  const answer = await fetch(`${url}/api/v1/${path}`, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' },
  });
  await answer.text();
  const at = performance.now();
  return { status: answer.status, retryAfter: answer.headers.get('retry-after'), ms: at - began, at };
}

it('answers 503 within three seconds while the broker is away, recovers by itself, and keeps every acknowledged event', async () => {
  const said: Said[] = [];
  let stop = false;
  const client = async (name: string): Promise<void> => {
    for (let i = 0; !stop; i++) {
      const id = `${name}-${i}`;
      const data = { tags: [{ key: 'a', value: id }] };
      said.push({
        id,
        ...(await post('events', { events: [{ id, type: 'tags.set', subject: runSubject(name), data }] })),
      });
      await sleep(5);
    }
  };
  const clients = ['b1', 'b2', 'b3', 'b4'].map(client);
  const taken = (since: number): number => said.filter(({ status, at }) => status === 202 && at > since).length;
  await eventually(() => taken(0) > 100 || undefined);

  await kafka.kill('SIGKILL');
  const away = performance.now();
  await sleep(4_000);
  const refused = said.filter(({ at, ms }) => at - ms > away);
  expect(refused.length).toBeGreaterThan(0);
  expect(refused.filter(({ status }) => status !== 503 && status !== 429)).toEqual([]);
  expect(refused.filter(({ retryAfter }) => !(Number(retryAfter) >= 1))).toEqual([]);
  // The journal is not the log: commands are still decided, and reach the log when it is back.
  expect((await post('commands/create-experiment', { name: 'decided meanwhile' })).status).toBe(200);

  await kafka.restart();
  const back = performance.now();
  await eventually(() => taken(back) > 50 || undefined, 15_000);
  stop = true;
  await Promise.all(clients);
  expect(Math.max(...said.map(({ ms }) => ms))).toBeLessThan(3_000);

  const log = await openKafkaLog({ brokers: kafka.brokers });
  const stored = new Set<string>();
  for (const { topic, partition, offset } of await log.ends([TOPICS.runs.name]))
    for await (const batch of log.read(topic, partition, 0, offset))
      for (const record of batch) for (const { id } of readEventRecord(record).events) stored.add(id);
  expect(said.filter(({ id, status }) => status === 202 && !stored.has(id))).toEqual([]);
  await eventually(async () => {
    const ends = await log.ends([TOPICS.catalog.name]);
    return ends.reduce((sum, { offset }) => sum + offset, 0) >= 1 || undefined;
  });
  await log.close();
}, 120_000);
