import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { admit, createKeyAuthenticator, createKeyTable, decide, type Grant } from '@runledger/access';
import { ROLES } from '@runledger/contracts';
import { ErasureModule } from '@runledger/erasure';
import { type HttpServer, type Route, serveHttp } from '@runledger/http';
import { IngestModule } from '@runledger/ingest';
import { createLogger } from '@runledger/kernel';
import { MLFLOW_ERRORS, MlflowModule, type MlflowPorts } from '@runledger/mlflow';
import { NotaryModule } from '@runledger/notary';
import { PeopleModule, type PeoplePorts } from '@runledger/people';
import { UpkeepModule } from '@runledger/projector';
import { QueryModule, type WebPages } from '@runledger/query';

/** Ports that fail when they are used: whoever is refused must not reach them. */
const untouchable = <T extends object>(name: string): T =>
  new Proxy({} as T, {
    get: (_, member) => () => {
      throw new Error(`${name}.${String(member)} was reached`);
    },
  });

const logger = createLogger('route-table', 'silent');
const NEVER = Number.POSITIVE_INFINITY;

/** Callers by their keys: what each was granted, and until when. */
const CALLERS: Readonly<Record<string, Readonly<{ grants: readonly Grant[]; until?: number }>>> = {
  nobody: { grants: [] },
  expired: { grants: [{ role: 'admin', project: null, effect: 'allow' }], until: 1 },
  'admin-but-one': {
    grants: [
      { role: 'admin', project: null, effect: 'allow' },
      { role: 'viewer', project: 'p', effect: 'deny' },
    ],
  },
  ...Object.fromEntries(ROLES.map((role) => [role, { grants: [{ role, project: null, effect: 'allow' }] }])),
  ...Object.fromEntries(ROLES.map((role) => [`${role}-of-p`, { grants: [{ role, project: 'p', effect: 'allow' }] }])),
};

/** The authenticator as it is, over keys that lie here. */
const authenticator = createKeyAuthenticator(
  createKeyTable(
    {
      live: async () =>
        Object.entries(CALLERS).map(([key, { grants, until = NEVER }]) => ({
          id: key,
          of: 'key' as const,
          hash: createHash('sha256').update(key).digest('base64'),
          expiresAt: until,
          identity: { workspace: 'default', actor: key, permissions: decide(grants) },
        })),
      holds: async () => false,
    },
    logger,
  ),
);

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
    keys: untouchable<Ingest['keys']>('keys'),
    places: untouchable<Ingest['places']>('places'),
    deletions: untouchable<Ingest['deletions']>('deletions'),
    settled: untouchable<Ingest['settled']>('settled'),
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
    clickhouse: query.clickhouse,
    commands: untouchable<Upkeep['commands']>('commands'),
    logger: createLogger('upkeep', 'silent'),
    holder: 'test',
  };
  const mlflow: MlflowPorts = { ...query, ...ingest, artifacts, log: untouchable<MlflowPorts['log']>('log') };
  server = await serveHttp({
    modules: [
      IngestModule.register(ingest),
      PeopleModule.register({
        source: query.source,
        commands: ingest.commands,
        refusals: untouchable<PeoplePorts['refusals']>('refusals'),
        personal: untouchable<PeoplePorts['personal']>('personal'),
        options: { issuers: [], publicUrl: undefined, localAccounts: true, idleSeconds: 60, sessionSeconds: 60 },
      }),
      ErasureModule.register({
        source: query.source,
        commands: ingest.commands,
        personal: untouchable<PeoplePorts['personal']>('personal'),
        people: untouchable<Parameters<typeof ErasureModule.register>[0]['people']>('people'),
        eraser: untouchable<Parameters<typeof ErasureModule.register>[0]['eraser']>('eraser'),
        locks: untouchable<Parameters<typeof ErasureModule.register>[0]['locks']>('locks'),
        incarnation: 'test',
        retentionDelayMs: 0,
      }),
      QueryModule.register(query),
      MlflowModule.register(mlflow),
      NotaryModule.register(notary),
      UpkeepModule.register(upkeep),
    ],
    dialects: [MLFLOW_ERRORS],
    host: '127.0.0.1',
    port: 0,
    authenticator,
    logger,
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
const SIGN_IN = [
  ...['/auth/issuers', '/auth/login/:issuer', '/auth/callback/:issuer', '/auth/backchannel-logout/:issuer'],
  ...['/auth/local', '/auth/logout', '/api/v1/token'],
];
const PAGES =
  /^[/](assets[/][*]|(experiments|runs|compare|models|inventory|ledger|operations|retention|lineage|boards|terminal)([/][*])?)?$/;
const guarded = (): Route[] =>
  server.routes.filter(({ path }) => ![...OPEN, ...SIGN_IN].includes(path) && !PAGES.test(path));
async function ask(route: Route, headers: Record<string, string>, query = ''): Promise<number> {
  const url = server.url + route.path.replace(/:\w+|\*$/g, 'x') + query;
  const answer = await fetch(url, { method: route.method, headers });
  await answer.body?.cancel();
  return answer.status;
}
const as = (route: Route, caller: string): Promise<number> => ask(route, { authorization: `Bearer ${caller}` });

/** What each route asks for, and which roles have it, in the whole workspace or in a project. */
const TABLE = path.join(__dirname, '../route-table.txt');
const nameOf = ({ method, path: at }: Route): string => `${method} ${at}`;
function lineOf(route: Route): string {
  const { access } = route;
  if (typeof access !== 'object') return `${nameOf(route)}  ${access}`;
  return `${nameOf(route)}  ${access.permission} ${access.level}  ${allowed(route).join(' ')}`;
}
const allowed = ({ access }: Route): string[] =>
  Object.entries(CALLERS).flatMap(([caller, { grants, until }]) => {
    if (access === 'known') return until === undefined ? [caller] : [];
    if (access === undefined || access === 'public' || until !== undefined) return [];
    return admit(decide(grants), access.permission, access.level) === undefined ? [] : [caller];
  });

it('has a declared permission on every route, and a description', () => {
  expect(guarded().length).toBeGreaterThan(15);
  expect(guarded().filter(({ access, spec }) => access === undefined || access === 'public' || !spec)).toEqual([]);
});

it('answers 401 on every route to whoever has no key, a wrong or an expired one, or one in the URL', async () => {
  for (const [headers, query] of [
    [{}, ''],
    [{ authorization: 'Bearer wrong' }, ''],
    [{ authorization: 'Bearer expired' }, ''],
    [{ authorization: `Bearer rlk_${'A'.repeat(43)}` }, ''],
    [{ authorization: 'Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZG1pbiJ9.' }, ''],
    [{ authorization: 'admin' }, ''],
    [{}, '?key=admin&access_token=admin&authorization=Bearer%20admin'],
  ] as const) {
    // All at once: the table of keys is looked through again for a key that it has not, so often at most.
    const answers = guarded().map(async (route) => [nameOf(route), await ask(route, headers, query)] as const);
    expect((await Promise.all(answers)).filter(([, status]) => status !== 401)).toEqual([]);
  }
});

const isTwin = ({ path: at }: Route): boolean => at.startsWith('/ajax-api/');

it('asks the same of both names of a route of MLflow', () => {
  const byName = new Map(server.routes.map((route) => [nameOf(route), route.access]));
  const twins = guarded().filter(isTwin);
  expect(twins.length).toBeGreaterThan(50);
  for (const twin of twins) {
    const other = byName.get(nameOf(twin).replace('/ajax-api/', '/api/'));
    if (other !== undefined) expect([nameOf(twin), other]).toEqual([nameOf(twin), twin.access]);
  }
});

it('lets each role in where its permissions say so, and answers 403 everywhere else', async () => {
  const callers = Object.keys(CALLERS).filter((caller) => caller !== 'expired');
  expect(callers.length).toBe(2 + 2 * ROLES.length);
  const alone = new Set(
    guarded()
      .filter((route) => !isTwin(route))
      .map(nameOf),
  );
  const asked = guarded().filter((route) => !isTwin(route) || !alone.has(nameOf(route).replace('/ajax-api/', '/api/')));
  for (const route of asked) {
    const may = new Set(allowed(route));
    const statuses = await Promise.all(callers.map((caller) => as(route, caller)));
    const wrong = callers.filter((caller, i) => [401, 403].includes(statuses[i] ?? 0) === may.has(caller));
    expect([nameOf(route), wrong]).toEqual([nameOf(route), []]);
  }
});

it('lets roles in as the table says that people read (UPDATE_ROUTES=1 writes it)', () => {
  const table = `${server.routes.map(lineOf).sort().join('\n')}\n`;
  if (process.env['UPDATE_ROUTES'] === '1') writeFileSync(TABLE, table);
  expect(readFileSync(TABLE, 'utf8')).toBe(table);
});

it('opens only what tells nothing', async () => {
  expect(server.routes.filter(({ access }) => access === 'public').length).toBe(OPEN.length + SIGN_IN.length + 24);
  for (const at of [...OPEN, '/', '/runs/x', '/assets/x'])
    expect([at, (await fetch(server.url + at)).status]).toEqual([at, 200]);
});
