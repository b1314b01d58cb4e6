import { randomUUID } from 'node:crypto';
import { createKeyAuthenticator, createKeyStore, createKeyTable, type PermissionName } from '@runledger/access';
import { openArtifactFolder } from '@runledger/artifacts';
import { openPostgresLog } from '@runledger/bus';
import { migrateClickHouse, openEmbeddedClickHouse } from '@runledger/clickhouse';
import { type Commands, createCommands } from '@runledger/commands';
import { openCourier } from '@runledger/courier';
import { openDeletions } from '@runledger/erasure';
import { openOversight } from '@runledger/governance';
import { type HttpServer, serveHttp } from '@runledger/http';
import { IngestModule } from '@runledger/ingest';
import { openJournal, startRelay } from '@runledger/journal';
import { createLogger, Scope } from '@runledger/kernel';
import { openInProcessLive } from '@runledger/live';
import { MLFLOW_ERRORS, MlflowModule } from '@runledger/mlflow';
import { NotaryModule, openNotary, openSigningKey } from '@runledger/notary';
import { createRunClaims, openDataSource } from '@runledger/postgres';
import { openProjector } from '@runledger/projector';
import { QueryModule } from '@runledger/query';
import { createDatabase, temporaryFolder } from '@runledger/testkit';
import { openWebhooks } from '@runledger/webhooks';
import type { DataSource } from 'typeorm';

export type Who = 'admin' | 'author' | 'authorsOther' | 'grace' | 'hedy' | 'other';
export type Answer = Readonly<{ status: number; body: Record<string, unknown> }>;
export type Scene = Readonly<{
  source: DataSource;
  /** What is behind both doors. */
  commands: Commands;
  server: Pick<HttpServer, 'url' | 'routes'>;
  keys: Readonly<Record<Who, string>>;
  /** A command at the native door. */
  command(who: Who, name: string, fields: object): Promise<Answer>;
  /** A read, once everything that was acknowledged before is projected. */
  read(path: string, who?: Who): Promise<Answer>;
  post(who: Who, path: string, body: object, method?: string): Promise<Answer>;
  /** A run with a metric, begun by the author. */
  run(run: string, metrics: Readonly<Record<string, number>>, more?: object): Promise<void>;
  facts(run: string, events: readonly object[], who?: Who): Promise<void>;
  metrics(run: string, metrics: Readonly<Record<string, number>>, step?: number): Promise<void>;
  /** One more courier, as if it were another process. Receivers may lie on loopback. */
  courier(): Promise<Scope>;
  close(): Promise<void>;
}>;

const USER: readonly PermissionName[] = [
  'events:write',
  'commands:write',
  'models:promote',
  'projects:write',
  'runs:read',
];

async function makeKeys(source: DataSource): Promise<Record<Who, string>> {
  await source.query(`insert into custody.workspace (id, name) values ('other', 'Other')`);
  const store = createKeyStore(source);
  const make = async (actor: string, permissions = USER, workspace = 'default') =>
    (await store.create({ workspace, label: actor, actor, permissions })).key;
  return {
    admin: await make('admin', ['admin']),
    author: await make('u/ada'),
    authorsOther: await make('u/ada'),
    grace: await make('u/grace'),
    hedy: await make('u/hedy'),
    other: await make('u/other', USER, 'other'),
  };
}

/** Every room that has to do with promotions, in one process, on real engines; with the notary, where that is asked for. */
export async function openScene({ notary = false } = {}): Promise<Scene> {
  const scope = new Scope();
  const database = await createDatabase('governance');
  scope.own('the database', () => database.drop());
  const folder = temporaryFolder('governance');
  scope.own('the folder', () => folder.remove());
  const logger = createLogger('governance', 'silent');
  const source = await openDataSource(database.url, { poolSize: 30 });
  scope.own('the connection', () => source.destroy());
  const clickhouse = await openEmbeddedClickHouse({ dataDir: `${folder.path}/clickhouse` });
  await migrateClickHouse(clickhouse, { fsync: false });
  scope.own('ClickHouse', () => clickhouse.close());
  const log = await openPostgresLog({ url: database.url, logger });
  scope.own('the log', () => log.close());
  const live = openInProcessLive(logger);
  scope.own('signals', () => live.close());
  const oversight = openOversight({ source, log, live });
  const commands = createCommands(openJournal(source), oversight);
  const deletions = await openDeletions(scope, source, logger);
  const relay = startRelay({ source, log, logger });
  scope.own('the relay', () => relay.stop());
  await openProjector(scope, { log, source, clickhouse, live, logger, holder: 'test' });
  const artifacts = await openArtifactFolder(`${folder.path}/artifacts`);
  const ofWebhooks = { source, commands, keyFile: `${folder.path}/secret.key`, ranges: ['127.0.0.0/8'] };
  const webhooks = await openWebhooks(ofWebhooks);
  scope.own('calls', () => webhooks.outbound.close());
  const door = webhooks.door;
  const host = 'ledger.test';
  const ledger = { log, source, artifacts, host, key: await openSigningKey(`${folder.path}/notary.key`, host) };
  if (notary) await openNotary(scope, { ...ledger, logger, holder: 'test', segmentMs: 100 });
  const keys = await makeKeys(source);
  const server = await serveHttp({
    modules: [
      IngestModule.register({
        log,
        commands,
        artifacts,
        webhooks: door,
        keys: createKeyStore(source),
        places: createRunClaims(source),
        ...{ deletions, settled: oversight },
      }),
      QueryModule.register({ source, clickhouse, log, live, artifacts }),
      MlflowModule.register({ source, clickhouse, log, live, commands, artifacts, webhooks: door, deletions }),
      NotaryModule.register({ ...ledger, clickhouse }),
    ],
    dialects: [MLFLOW_ERRORS],
    host: '127.0.0.1',
    port: 0,
    authenticator: createKeyAuthenticator(createKeyTable(createKeyStore(source), logger)),
    logger,
  });
  scope.own('the server', () => server.close());

  async function ask(who: Who, path: string, request: RequestInit): Promise<Answer> {
    const headers = { authorization: `Bearer ${keys[who]}`, 'content-type': 'application/json' };
    const answer = await fetch(`${server.url}/${path}`, { ...request, headers });
    return { status: answer.status, body: (await answer.json()) as Answer['body'] };
  }
  const post: Scene['post'] = (who, path, body, method = 'POST') =>
    ask(who, path, { method, body: JSON.stringify(body) });
  async function taken(answer: Promise<Answer>): Promise<void> {
    const { status, body } = await answer;
    if (status !== 202) throw new Error(JSON.stringify(body));
  }
  const facts: Scene['facts'] = (run, events, who = 'author') =>
    taken(post(who, 'api/v1/events', { events: events.map((event) => ({ subject: `run/${run}`, ...event })) }));
  const metrics: Scene['metrics'] = (run, values, step = 0) => {
    const series = Object.entries(values).map(([key, value]) => ({ key, steps: [step], values: [value] }));
    return taken(post('author', 'api/v1/metrics', { run, series }));
  };
  return {
    source,
    commands,
    server,
    keys,
    post,
    facts,
    metrics,
    command: (who, name, fields) => post(who, `api/v1/commands/${name}`, { id: randomUUID(), ...fields }),
    read: (path, who = 'grace') => {
      const mark = path.includes('?') ? '&' : '?';
      return ask(who, `api/v1/${path}${mark}strong=true&wait=20000`, { method: 'GET' });
    },
    async run(run, values, more = {}) {
      await facts(run, [{ type: 'run.started', data: { experiment: '0', ...more } }]);
      await metrics(run, values);
    },
    async courier() {
      const { vault, outbound } = await openWebhooks(ofWebhooks);
      const own = new Scope();
      const ports = { log, source, commands, vault, outbound, logger, pollMs: 50, wait: () => 50 };
      await openCourier(own, { ...ports, holder: `courier/${randomUUID()}` });
      scope.own('a courier', () => own.stop());
      return own;
    },
    close: () => scope.stop(),
  };
}
