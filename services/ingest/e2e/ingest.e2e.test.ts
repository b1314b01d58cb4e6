import { join } from 'node:path';
import { openPostgresLog } from '@runledger/bus';
import { journalseqOf, type Recorded, readEventRecord, runSubject, TOPICS } from '@runledger/contracts';
import {
  createDatabase,
  eventually,
  type Spawned,
  spawnTypeScript,
  type TestDatabase,
  temporaryFolder,
} from '@runledger/testkit';

const MAIN = join(__dirname, '../src/main.ts');
const KEY = 'the-key-of-this-test';
const files = temporaryFolder('ingest');
let database: TestDatabase;
let running: Spawned | undefined;

beforeAll(async () => {
  database = await createDatabase('ingest_alone');
});
afterAll(async () => {
  await running?.stop();
  await database.drop();
  files.remove();
});

async function start(env: Record<string, string> = {}): Promise<string> {
  running = spawnTypeScript(MAIN, [], {
    env: {
      RUNLEDGER_PORT: '0',
      RUNLEDGER_POSTGRES_URL: database.url,
      RUNLEDGER_ARTIFACTS: `${files.path}/artifacts`,
      RUNLEDGER_PERSONAL_KEYS: `${files.path}/personal`,
      RUNLEDGER_PERSONAL_KEY: `${files.path}/personal.key`,
      RUNLEDGER_ADMIN_KEY: KEY,
      RUNLEDGER_LOG_LEVEL: 'warn',
      ...env,
    },
  });
  const [, url = ''] = await running.line(/ready at (http:\S+)/);
  return url;
}

const post = (url: string, path: string, body: object) =>
  fetch(`${url}/api/v1/${path}`, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' },
  });
const create = (url: string, name: string) => post(url, 'commands/create-experiment', { id: `c-${name}`, name });
const tag = (id: string) => ({
  events: [{ id, type: 'tags.set', subject: runSubject('r1'), data: { tags: [{ key: 'a', value: id }] } }],
});

async function readAll(topic: string): Promise<Recorded[]> {
  const log = await openPostgresLog({ url: database.url });
  const found: Recorded[] = [];
  for (const { partition, offset } of await log.ends([topic]))
    for await (const batch of log.read(topic, partition, 0, offset)) found.push(...batch);
  await log.close();
  return found;
}
const numbersInLog = async () => (await readAll(TOPICS.catalog.name)).map(journalseqOf);

it('loses nothing that it acknowledged when it is killed in the middle of a stream', async () => {
  let url = await start();
  expect((await fetch(`${url}/health/ready`)).status).toBe(200);
  const acknowledged: string[] = [];
  let stop = false;
  const client = async (name: string): Promise<void> => {
    for (let i = 0; !stop; i++) {
      const id = `${name}-${i}`;
      const answer = await post(url, 'events', tag(id)).catch(() => undefined);
      if (answer?.status === 202) acknowledged.push(id);
      else await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  const clients = ['k1', 'k2', 'k3'].map(client);
  for (let kill = 0; kill < 3; kill++) {
    const before = acknowledged.length;
    await eventually(() => acknowledged.length > before + 30 || undefined);
    running?.kill('SIGKILL');
    await running?.ended;
    url = await start();
  }
  stop = true;
  await Promise.all(clients);
  const stored = new Set(
    (await readAll(TOPICS.runs.name)).flatMap((record) => readEventRecord(record).events.map(({ id }) => id)),
  );
  expect(acknowledged.filter((id) => !stored.has(id))).toEqual([]);
  expect(acknowledged.length).toBeGreaterThan(90);
  expect(await running?.stop()).toBe(0);
});

it('killed between publishing a decision and marking it, publishes it again and goes on in order', async () => {
  let url = await start({ RUNLEDGER_FAILPOINT: 'relay.after-publish' });
  await create(url, 'one').catch(() => undefined); // the process dies while it answers, or right after
  expect(await running?.ended).toBe('SIGKILL');
  url = await start();
  const again = await create(url, 'one');
  expect([again.status, await again.json()]).toMatchObject([200, { command: 'c-one', result: { name: 'one' } }]);
  expect((await create(url, 'two')).status).toBe(200);
  // The workspace's own project, experiment and key come first, and may be what was published as it died.
  const numbers = await eventually(async () => {
    const found = await numbersInLog();
    return found.includes(5) ? found : undefined;
  });
  expect([...new Set(numbers)]).toEqual([1, 2, 3, 4, 5]);
  expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
  expect(numbers.length).toBeGreaterThan(5);
  expect(await running?.stop()).toBe(0);
});

it('refuses to start without brokers where the log is on Kafka, and with a setting that nobody knows', async () => {
  await expect(start({ RUNLEDGER_LOG: 'kafka' })).rejects.toThrow(/needs RUNLEDGER_KAFKA_BROKERS/);
  await expect(start({ RUNLEDGER_INGEST_TIMEOUT: '1' })).rejects.toThrow(/RUNLEDGER_INGEST_TIMEOUT is not a setting/);
});
