import { createAuthenticator, createKeyStore, type KeyDraft } from '@runledger/access';
import { type Artifacts, openArtifactFolder } from '@runledger/artifacts';
import { type Log, openPostgresLog } from '@runledger/bus';
import { type ClickHouse, migrateClickHouse, openEmbeddedClickHouse } from '@runledger/clickhouse';
import { encodePositionToken, type PositionToken } from '@runledger/contracts';
import { type HttpServer, serveHttp } from '@runledger/http';
import { openJournal, startRelay } from '@runledger/journal';
import { createLogger } from '@runledger/kernel';
import { type Live, openInProcessLive } from '@runledger/live';
import { openDataSource } from '@runledger/postgres';
import { createDatabase, temporaryFolder } from '@runledger/testkit';
import type { DataSource } from 'typeorm';
import { QueryModule } from '../src/query.module';
import type { QueryPorts } from '../src/query-ports';
import { createRecorder, type Recorder } from './record-and-project';

export type Keys = Readonly<{
  reader: string;
  admin: string;
  other: string;
  writer: string;
  expired: string;
  revoked: string;
}>;
export type Scene = Readonly<{
  server: HttpServer;
  /** Another server over the same stores, for the test to close. */
  serve(more?: Pick<QueryPorts, 'quotas' | 'storage'>): Promise<HttpServer>;
  source: DataSource;
  clickhouse: ClickHouse;
  log: Log;
  live: Live;
  artifacts: Artifacts;
  record: Recorder;
  keys: Keys;
  /** A token of this log. */
  token(more: Partial<PositionToken>): string;
  close(): Promise<void>;
}>;

/** What signs page tokens. */
export const PAGE_SECRET = 'secret of the test';

async function makeKeys(source: DataSource): Promise<Keys> {
  await source.query(`insert into custody.workspace (id, name) values ('other', 'Other')`);
  const store = createKeyStore(source);
  const read = ['runs:read', 'artifacts:read'] as const;
  const make = async (more: Partial<KeyDraft>) =>
    store.create({ workspace: 'default', label: 'test', permissions: read, ...more });
  const revoked = await make({});
  await store.revoke('default', revoked.id);
  return {
    reader: (await make({})).key,
    admin: (await make({ permissions: ['admin', 'runs:read'] })).key,
    other: (await make({ workspace: 'other' })).key,
    writer: (await make({ permissions: ['events:write'] })).key,
    expired: (await make({ expiresAt: new Date(Date.now() - 1_000) })).key,
    revoked: revoked.key,
  };
}

type Opened<T> = Readonly<{ value: T; close: () => Promise<void> | void }>;

async function openStores() {
  const database = await createDatabase('query');
  const folder = temporaryFolder('query');
  const logger = createLogger('query', 'silent');
  const source = await openDataSource(database.url);
  const clickhouse = await openEmbeddedClickHouse({ dataDir: `${folder.path}/clickhouse` });
  await migrateClickHouse(clickhouse, { fsync: false });
  await clickhouse.command('system stop merges');
  const log = await openPostgresLog({ url: database.url, logger });
  const relay = startRelay({ source, log, logger });
  const artifacts = await openArtifactFolder(`${folder.path}/artifacts`);
  const stores = { source, clickhouse, log, artifacts, live: openInProcessLive(logger), logger };
  const close = async (): Promise<void> => {
    await relay.stop();
    await log.close();
    await clickhouse.close();
    await source.destroy();
    await database.drop();
    folder.remove();
  };
  return { value: stores, close } satisfies Opened<{ source: DataSource; clickhouse: ClickHouse }>;
}

/** The read side as it is served, on real stores, with a projector that goes forward only when a test tells it to. */
export async function openScene(): Promise<Scene> {
  const { value: stores, close } = await openStores();
  const { source, log, live, logger, artifacts, clickhouse } = stores;
  const keys = await makeKeys(source);
  const serve: Scene['serve'] = (more = {}) =>
    serveHttp({
      modules: [QueryModule.register({ source, clickhouse, log, live, artifacts, pageSecret: PAGE_SECRET, ...more })],
      host: '127.0.0.1',
      port: 0,
      authenticator: createAuthenticator(createKeyStore(source), logger),
      logger,
    });
  const server = await serve();
  return {
    server,
    serve,
    source,
    clickhouse,
    log,
    live,
    artifacts,
    keys,
    record: createRecorder({ source, clickhouse, log, live, journal: openJournal(source) }),
    token: (more) => encodePositionToken({ incarnation: log.incarnation, log: [], journal: [], ...more }),
    close: async () => {
      await server.close();
      await close();
    },
  };
}

export type Answer = Readonly<{ status: number; headers: Headers; body: unknown; text: string }>;

/** Asks below /api/v1/ as the reader of `default`, or with another key. An empty key sends none. */
async function ask(scene: Pick<Scene, 'server'>, path: string, key: string, request: RequestInit): Promise<Answer> {
  const headers: Record<string, string> = key === '' ? {} : { authorization: `Bearer ${key}` };
  if (request.body !== undefined) headers['content-type'] = 'application/json';
  const answer = await fetch(`${scene.server.url}/api/v1/${path}`, { ...request, headers });
  const text = await answer.text();
  return { status: answer.status, headers: answer.headers, text, body: text === '' ? undefined : JSON.parse(text) };
}

export const read = (scene: Pick<Scene, 'server' | 'keys'>, path: string, key = scene.keys.reader): Promise<Answer> =>
  ask(scene, path, key, { method: 'GET' });

/** A question that has a body. */
export const post = (scene: Scene, path: string, body: unknown, key = scene.keys.reader): Promise<Answer> =>
  ask(scene, path, key, { method: 'POST', body: JSON.stringify(body) });

export const refusalOf = ({ status, body }: Answer): [number, string] => [
  status,
  (body as { error: { code: string } }).error.code,
];
