import { connect } from 'node:net';
import { createAuthenticator, createDeletions, createKeyStore } from '@runledger/access';
import { openArtifactFolder } from '@runledger/artifacts';
import { type Log, openPostgresLog } from '@runledger/bus';
import { type ClickHouse, migrateClickHouse, openEmbeddedClickHouse } from '@runledger/clickhouse';
import { createCommands } from '@runledger/commands';
import { TOPICS } from '@runledger/contracts';
import { openOversight } from '@runledger/governance';
import { type HttpServer, serveHttp } from '@runledger/http';
import { openJournal } from '@runledger/journal';
import { createLogger } from '@runledger/kernel';
import { openInProcessLive } from '@runledger/live';
import { openDataSource } from '@runledger/postgres';
import {
  createDatabase,
  eventually,
  type TemporaryFolder,
  type TestDatabase,
  temporaryFolder,
} from '@runledger/testkit';
import { openWebhooks } from '@runledger/webhooks';
import type { DataSource } from 'typeorm';
import { MlflowModule } from './mlflow.module';
import { MLFLOW_ERRORS } from './mlflow-errors';

const BATCH = JSON.stringify({ run_id: '0'.repeat(32), tags: [{ key: 'a', value: 'b' }] });
/** What a slow client is given here, in place of a minute and more. */
const PATIENCE_MS = 200;

let database: TestDatabase;
let folder: TemporaryFolder;
let source: DataSource;
let clickhouse: ClickHouse;
let log: Log;
let server: HttpServer;
let key: string;

beforeAll(async () => {
  database = await createDatabase('mlflow_connections');
  folder = temporaryFolder('mlflow-connections');
  const logger = createLogger('mlflow', 'silent');
  source = await openDataSource(database.url);
  clickhouse = await openEmbeddedClickHouse({ dataDir: `${folder.path}/clickhouse` });
  await migrateClickHouse(clickhouse, { fsync: false });
  log = await openPostgresLog({ url: database.url, logger });
  const live = openInProcessLive(logger);
  const commands = createCommands(openJournal(source), openOversight({ source, log, live }));
  const artifacts = await openArtifactFolder(`${folder.path}/artifacts`);
  const { door: webhooks } = await openWebhooks({
    source,
    commands,
    keyFile: `${folder.path}/secret.key`,
    ranges: [],
  });
  const store = createKeyStore(source);
  const permissions = ['runs:read', 'events:write'] as const;
  ({ key } = await store.create({ workspace: 'default', label: 'test', permissions }));
  const deletions = createDeletions(() => new Map());
  server = await serveHttp({
    modules: [MlflowModule.register({ source, clickhouse, log, live, commands, artifacts, webhooks, deletions })],
    dialects: [MLFLOW_ERRORS],
    host: '127.0.0.1',
    port: 0,
    authenticator: createAuthenticator(store, logger),
    logger,
    limits: { deadlineMs: PATIENCE_MS, headersMs: PATIENCE_MS },
  });
});
afterAll(async () => {
  await server.close();
  await log.close();
  await clickhouse.close();
  await source.destroy();
  await database.drop();
  folder.remove();
});

/** What is written on a connection at once, and what then trickles in until the server has had enough. */
type Sent = Readonly<{ text: string; trickle?: string; cut?: boolean }>;
type Answer = Readonly<{ status: number; body: Record<string, unknown> }>;

/** Null when the connection ends without an answer. */
function say({ text, trickle, cut }: Sent): Promise<Answer | null> {
  const { hostname, port } = new URL(server.url);
  return new Promise((resolve) => {
    let answer = '';
    const socket = connect(Number(port), hostname);
    const drip = trickle === undefined ? undefined : setInterval(() => socket.write(trickle), PATIENCE_MS / 10);
    socket.on('data', (chunk) => {
      answer += String(chunk);
    });
    socket.on('error', () => undefined); // a refusal may come before everything is sent
    socket.on('close', () => {
      clearInterval(drip);
      const [, status = ''] = /^HTTP\/1\.1 (\d{3})/.exec(answer) ?? [];
      const body = /\r\n\r\n(\{.*\})$/s.exec(answer)?.[1];
      resolve(status === '' ? null : { status: Number(status), body: JSON.parse(body ?? '{}') as Answer['body'] });
    });
    socket.write(text, () => {
      if (cut) socket.destroy();
    });
  });
}

const head = (more: readonly string[], method = 'POST', path = '/api/2.0/mlflow/runs/log-batch'): string =>
  [
    `${method} ${path} HTTP/1.1`,
    'Host: localhost',
    `Authorization: Bearer ${key}`,
    'Content-Type: application/json',
    'Connection: close',
    ...more,
    '',
    '',
  ].join('\r\n');
const sized = (bytes: number, ...more: readonly string[]): string => head([`Content-Length: ${bytes}`, ...more]);

const SHAPED = { error_code: 'INVALID_PARAMETER_VALUE', message: expect.any(String) as string };
/** Statuses that have no code of their own in MLflow's protocol. */
const OTHER = { ...SHAPED, error_code: 'BAD_REQUEST' };
/** Where the parser knows no path, it is not known whose protocol it is. */
const OURS = (code: string) => ({ error: { code, message: expect.any(String) as string } });
const UNREADABLE = OURS('HTTP_BAD_REQUEST');
const SLOW = OURS('HTTP_SLOW_REQUEST');

const CASES: Readonly<Record<string, readonly [sent: () => Sent, status: number | null, body?: object]>> = {
  'a body that trickles in': [() => ({ text: `${sized(5_000)}{`, trickle: ' ' }), 400, SHAPED],
  'a body that stops': [() => ({ text: sized(BATCH.length) + BATCH.slice(0, -5) }), 400, SHAPED],
  'a body in chunks that stops': [
    () => ({ text: `${head(['Transfer-Encoding: chunked'])}5\r\n{"run\r\n` }),
    400,
    SHAPED,
  ],
  'a body that is cut': [() => ({ text: sized(BATCH.length) + BATCH.slice(0, -5), cut: true }), null],
  'a body that is shorter than it is': [() => ({ text: sized(BATCH.length - 1) + BATCH }), 400],
  'a chunk whose length is none': [
    () => ({ text: `${head(['Transfer-Encoding: chunked'])}xyz\r\n{}\r\n` }),
    400,
    SHAPED,
  ],
  'two lengths': [() => ({ text: sized(2, 'Content-Length: 3') + BATCH }), 400, SHAPED],
  'a length and chunks': [
    () => ({ text: `${sized(2, 'Transfer-Encoding: chunked')}2\r\n{}\r\n0\r\n\r\n` }),
    400,
    SHAPED,
  ],
  'a length below nothing': [() => ({ text: sized(-1) + BATCH }), 400, SHAPED],
  'headers that trickle in': [() => ({ text: head([]).slice(0, -2), trickle: 'X-A: b\r\n' }), 408, SLOW],
  'headers that stop': [() => ({ text: head([]).slice(0, -4) }), 408, SLOW],
  '10,000 headers': [() => ({ text: sized(2, ...Array.from({ length: 10_000 }, (_, i) => `X-${i}: b`)) }), 431, OTHER],
  'a header of a megabyte': [() => ({ text: sized(2, `X-A: ${'b'.repeat(1_000_000)}`) }), 431, OTHER],
  'a URL of a megabyte': [() => ({ text: head([], 'GET', `/api/2.0/mlflow/${'x'.repeat(1_000_000)}`) }), 431, OTHER],
  'a header of control characters': [() => ({ text: sized(2, 'X-A: b\u0000c') + BATCH }), 400, SHAPED],
  'a header without a colon': [() => ({ text: sized(2, 'X-A b') + BATCH }), 400, SHAPED],
  'such a header on a path of ours': [() => ({ text: head(['X-A b'], 'GET', '/api/v1/runs') }), 400, UNREADABLE],
  'another version of HTTP': [() => ({ text: head([]).replace('HTTP/1.1', 'HTTP/9.9') }), 400, UNREADABLE],
  'a method that is none': [() => ({ text: head([], 'TELEPORT') }), 400, SHAPED],
  'no HTTP': [() => ({ text: '\u0016\u0003\u0001\r\n\r\n' }), 400, UNREADABLE],
};

const ends = async () => (await log.ends(Object.values(TOPICS).map(({ name }) => name))).map(({ offset }) => offset);

it.each(Object.entries(CASES))('refuses %s, stores nothing, and goes on', async (_name, [sent, status, body]) => {
  const before = await ends();
  const answer = await say(sent());
  expect(answer?.status ?? null).toBe(status);
  if (body !== undefined) expect(answer?.body).toEqual(body);
  expect(await ends()).toEqual(before);
  // It has no more patience with us than with others: on a busy machine one of ours may be late.
  await eventually(async () => {
    const next = await fetch(`${server.url}/api/2.0/mlflow/runs/search`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ experiment_ids: ['0'] }),
    });
    expect([next.status, await next.json()]).toEqual([200, { runs: [] }]);
    return true;
  });
});
