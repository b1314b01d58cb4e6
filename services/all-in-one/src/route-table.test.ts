import type { Authenticator } from '@runledger/access';
import { type HttpServer, type Route, serveHttp } from '@runledger/http';
import { IngestModule } from '@runledger/ingest';
import { createLogger, Fault } from '@runledger/kernel';
import { MLFLOW_ERRORS, MlflowModule, type MlflowPorts } from '@runledger/mlflow';
import { NotaryModule } from '@runledger/notary';
import { UpkeepModule } from '@runledger/projector';
import { QueryModule, type WebPages } from '@runledger/query';

/** Ports that fail when they are used: whoever is refused must not reach them. */
const untouchable = <T extends object>(name: string): T =>
  new Proxy({} as T, {
    get: (_, member) => () => {
      throw new Error(`${name}.${String(member)} was reached`);
    },
  });

/** Knows one key, whose owner may do nothing. */
const authenticator: Authenticator = {
  authenticate: async (authorization) => {
    if (authorization === 'Bearer nobody') return { workspace: 'default', actor: 'nobody', permissions: new Set() };
    throw new Fault('unauthenticated', 'ACCESS_BAD_CREDENTIALS', 'no');
  },
};

const web: WebPages = {
  page: () => ({ html: '', headers: {} }),
  asset: () => ({ type: 'text/css', bytes: Buffer.alloc(0), gzipped: async () => Buffer.alloc(0) }),
};

let server: HttpServer;
beforeAll(async () => {
  type Ingest = Parameters<typeof IngestModule.register>[0];
  type Query = Parameters<typeof QueryModule.register>[0];
  const artifacts = untouchable<Query['artifacts']>('artifacts');
  const ingest = {
    log: untouchable<Ingest['log']>('log'),
    commands: untouchable<Ingest['commands']>('commands'),
    artifacts,
    webhooks: untouchable<MlflowPorts['webhooks']>('webhooks'),
  };
  const query = {
    artifacts,
    log: untouchable<Query['log']>('log'),
    source: untouchable<Query['source']>('source'),
    clickhouse: untouchable<Query['clickhouse']>('clickhouse'),
    live: untouchable<Query['live']>('live'),
    web,
  };
  type Notary = Parameters<typeof NotaryModule.register>[0];
  const notary: Notary = {
    source: query.source,
    log: untouchable<Notary['log']>('log'),
    clickhouse: null,
    artifacts,
    host: 'ledger.test',
    key: untouchable<Notary['key']>('key'),
  };
  type Upkeep = Parameters<typeof UpkeepModule.register>[0];
  const upkeep: Upkeep = {
    source: query.source,
    log: untouchable<Upkeep['log']>('log'),
    commands: untouchable<Upkeep['commands']>('commands'),
  };
  const mlflow: MlflowPorts = { ...query, ...ingest, artifacts, log: untouchable<MlflowPorts['log']>('log') };
  server = await serveHttp({
    modules: [
      IngestModule.register(ingest),
      QueryModule.register(query),
      MlflowModule.register(mlflow),
      NotaryModule.register(notary),
      UpkeepModule.register(upkeep),
    ],
    dialects: [MLFLOW_ERRORS],
    host: '127.0.0.1',
    port: 0,
    authenticator,
    logger: createLogger('route-table', 'silent'),
  });
});
afterAll(() => server.close());

const OPEN = [
  '/health/live',
  '/health/ready',
  '/metrics',
  '/openapi.json',
  '/health',
  '/version',
  '/api/3.0/mlflow/server-info',
  '/ajax-api/3.0/mlflow/server-info',
];
const PAGES = /^[/](assets[/][*]|(experiments|runs|compare|models|operations)([/][*])?)?$/;
const guarded = (): Route[] => server.routes.filter(({ path }) => !OPEN.includes(path) && !PAGES.test(path));
const ask = ({ method, path }: Route, headers: Record<string, string>, query = '') =>
  fetch(server.url + path.replace(/:\w+|\*$/g, 'x') + query, { method, headers });

it('has a declared permission on every route, and a description', () => {
  expect(guarded().length).toBeGreaterThan(15);
  expect(guarded().filter(({ access, spec }) => access === undefined || access === 'public' || !spec)).toEqual([]);
});

it('answers 401 on every route to whoever has no key, a wrong one, or one in the URL', async () => {
  for (const route of guarded())
    for (const [headers, query] of [
      [{}, ''],
      [{ authorization: 'Bearer wrong' }, ''],
      [{ authorization: 'nobody' }, ''],
      [{}, '?key=nobody&access_token=nobody&authorization=Bearer%20nobody'],
    ] as const) {
      const answer = await ask(route, headers, query);
      expect([route.method, route.path, answer.status]).toEqual([route.method, route.path, 401]);
    }
});

it('answers 403 on every route to a key without permissions', async () => {
  for (const route of guarded()) {
    const answer = await ask(route, { authorization: 'Bearer nobody' });
    expect([route.method, route.path, answer.status]).toEqual([route.method, route.path, 403]);
  }
});

it('opens only what tells nothing', async () => {
  expect(server.routes.filter(({ access }) => access === 'public').length).toBe(OPEN.length + 12);
  for (const path of [...OPEN, '/', '/runs/x', '/assets/x'])
    expect([path, (await fetch(server.url + path)).status]).toEqual([path, 200]);
});
