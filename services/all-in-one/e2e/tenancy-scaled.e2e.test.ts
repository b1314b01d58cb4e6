import { readFileSync } from 'node:fs';
import { createKeyStore } from '@runledger/access';
import { ROLES } from '@runledger/contracts';
import { openDataSource } from '@runledger/postgres';
import { type S3Server, startS3, WORKSPACE } from '@runledger/testkit';
import { openScaledShape, type ScaledShape, urlOf } from './scaled-shape';
import { STORAGE_QUOTA, storageContract } from './storage.contract';

const SERVICES = ['ingest', 'mlflow', 'query', 'projector', 'notary', 'courier'] as const;
type Room = (typeof SERVICES)[number];
type Line = Readonly<{ method: string; path: string; access: string; callers: ReadonlySet<string> }>;

const QUOTAS = { ...STORAGE_QUOTA, RUNLEDGER_LIMITS_CALLER: 'points=20' } as const;

let s3: S3Server;
let shape: ScaledShape;
const urls = new Map<Room, string>();
beforeAll(async () => {
  s3 = await startS3();
  await s3.makeBucket('tenancy');
  shape = await openScaledShape('tenancy', {
    artifacts: {
      RUNLEDGER_ARTIFACTS: 's3://tenancy/artifacts',
      RUNLEDGER_S3_ENDPOINT: s3.url,
      RUNLEDGER_S3_REGION: s3.region,
      AWS_ACCESS_KEY_ID: s3.credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: s3.credentials.secretAccessKey,
    },
  });
  const [first, ...others] = SERVICES; // the first brings the schema up to date
  const start = async (name: Room) => urls.set(name, await urlOf(shape.start(name, QUOTAS)));
  await start(first);
  await Promise.all(others.map(start));
}, 180_000);
afterAll(async () => {
  await shape.stop();
  await s3.stop();
}, 60_000);
const urlFor = (name: Room): string => urls.get(name) ?? '';

describe('limits of storage', () => {
  storageContract(() => ({
    write: urlFor('ingest'),
    mlflow: urlFor('mlflow'),
    read: urlFor('query'),
    key: shape.key,
    direct: true,
  }));
});

describe('limits by the second', () => {
  const post = async (url: string, body: object) => {
    const headers = { authorization: `Bearer ${shape.key}`, 'content-type': 'application/json' };
    const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  };

  it('are counted by all processes together: what one of them let in is missing in another', async () => {
    const made = await post(`${urlFor('mlflow')}/api/2.0/mlflow/runs/create`, { experiment_id: '0' });
    const { run } = made.body as { run: { info: { run_id: string } } };
    const points = Array.from({ length: 400 }, (_, i) => i); // more than the whole quota of a window: nothing is left
    const metrics = [{ key: 'loss', value: 1, timestamp: 1, step: 1 }];
    let refused: Record<string, unknown> = {};
    // The window may end between the two.
    for (let attempt = 0; attempt < 3 && refused['error_code'] === undefined; attempt++) {
      const series = [{ key: 'loss', steps: points, values: points }];
      const taken = await post(`${urlFor('ingest')}/api/v1/metrics`, { run: run.info.run_id, series });
      expect([202, 429]).toContain(taken.status);
      const asked = await post(`${urlFor('mlflow')}/api/2.0/mlflow/runs/log-batch`, {
        run_id: run.info.run_id,
        metrics,
      });
      if (asked.status !== 200) refused = asked.body;
    }
    expect(refused).toMatchObject({ error_code: 'REQUEST_LIMIT_EXCEEDED' });
  });
});

/** What the one process answers to whom, as its own test keeps it. */
const TABLE: readonly Line[] = readFileSync(`${WORKSPACE}/services/all-in-one/route-table.txt`, 'utf8')
  .trim()
  .split('\n')
  .map((line) => {
    const [name = '', access = '', callers = ''] = line.split('  ');
    const [method = '', path = ''] = name.split(' ');
    return { method, path, access, callers: new Set(callers.split(' ')) };
  });

/** Routes of a process, from its own description. */
async function routesOf(name: Room): Promise<string[]> {
  const { paths } = (await (await fetch(`${urlFor(name)}/openapi.json`)).json()) as {
    paths: Record<string, Record<string, unknown>>;
  };
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
}
const asDescribed = ({ method, path }: Line): string =>
  `${method} ${path.replace(/:(\w+)/g, '{$1}').replace(/\*$/, '{path}')}`;
/** Some routes are for everybody whose credentials are good. */
const isLetIn = ({ access, callers }: Line, caller: string): boolean => access === 'known' || callers.has(caller);
const isGuarded = ({ access }: Line): boolean => access !== 'public';

/** By parts of a path that nothing is called. No body is sent, so that nobody changes anything. */
async function ask(url: string, { method, path }: Line, headers: Record<string, string>, query = ''): Promise<number> {
  const stop = new AbortController();
  const answer = await fetch(url + path.replace(/:\w+|\*$/g, 'x') + query, { method, headers, signal: stop.signal });
  stop.abort();
  return answer.status;
}

/** Routes that are tried side by side. */
const AT_A_TIME = 8;

type Grant = Readonly<{ role: (typeof ROLES)[number]; project?: string; effect?: 'deny' }>;
/** The callers of the table, by what each is granted. */
const GRANTED: Readonly<Record<string, readonly Grant[]>> = {
  nobody: [],
  'admin-but-one': [{ role: 'admin' }, { role: 'viewer', project: 'p', effect: 'deny' }],
  ...Object.fromEntries(ROLES.map((role) => [role, [{ role }]])),
  ...Object.fromEntries(ROLES.map((role) => [`${role}-of-p`, [{ role, project: 'p' }]])),
};

async function command(name: string, fields: object): Promise<Record<string, string>> {
  const answer = await fetch(`${urlFor('ingest')}/api/v1/commands/${name}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${shape.key}`, 'content-type': 'application/json' },
    body: JSON.stringify(fields),
  });
  const { result } = (await answer.json()) as { result: Record<string, string> };
  if (!answer.ok) throw new Error(`${name} was answered ${answer.status}`);
  return result;
}

describe('the table of routes', () => {
  const keys = new Map<string, string>();
  let expired: string;
  let foreign: string;
  let revoked: Readonly<{ id: string; key: string }>;
  beforeAll(async () => {
    await command('create-project', { project: 'p', name: 'P' });
    for (const [account, grants] of Object.entries(GRANTED)) {
      await command('create-service-account', { account, name: account });
      for (const grant of grants) await command('grant', { grantee: { kind: 'account', id: account }, ...grant });
      keys.set(account, (await command('create-key', { account, label: account }))['secret'] ?? '');
    }
    const source = await openDataSource(shape.databaseUrl, { poolSize: 1 });
    const store = createKeyStore(source);
    const draft = { workspace: 'default', label: 'test', permissions: ['admin'] } as const;
    expired = (await store.create({ ...draft, expiresAt: new Date(Date.now() - 1_000) })).key;
    revoked = await store.create(draft);
    await source.query(`insert into custody.workspace (id, name) values ('other', 'Other')`);
    foreign = (await store.create({ ...draft, workspace: 'other' })).key;
    await source.destroy();
  }, 60_000);

  it('has every route of every process, and each is in one', async () => {
    const served = (await Promise.all(SERVICES.map(routesOf))).flat();
    const known = new Set(TABLE.map(asDescribed));
    expect(served.filter((route) => !known.has(route))).toEqual([]);
    const missing = TABLE.filter((line) => isGuarded(line) && !served.includes(asDescribed(line)));
    expect(missing.map(asDescribed)).toEqual([]);
  });

  it.each(SERVICES)(
    'is answered by %s as it says, whatever credentials come',
    async (name) => {
      const url = urlFor(name);
      const served = new Set(await routesOf(name));
      // Both names of a route of MLflow ask the same, as the table's own test sees.
      const isTwin = (line: Line): boolean =>
        line.path.startsWith('/ajax-api/') && served.has(asDescribed(line).replace('/ajax-api/', '/api/'));
      const lines = TABLE.filter((line) => isGuarded(line) && served.has(asDescribed(line)) && !isTwin(line));
      const strangers: ReadonlyArray<readonly [Record<string, string>, string]> = [
        [{}, ''],
        [{ authorization: 'Bearer wrong' }, ''],
        [{ authorization: `Bearer ${expired}` }, ''],
        [{ authorization: `Bearer rlk_${'A'.repeat(43)}` }, ''],
        [{ authorization: 'Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZG1pbiJ9.' }, ''],
        [{ authorization: shape.key }, ''],
        [{}, `?key=${shape.key}&access_token=${shape.key}`],
      ];
      const callers = [...keys];
      const check = async (line: Line): Promise<void> => {
        const unknown = await Promise.all(strangers.map(([headers, query]) => ask(url, line, headers, query)));
        expect([asDescribed(line), unknown]).toEqual([asDescribed(line), strangers.map(() => 401)]);
        const statuses = await Promise.all(
          callers.map(([, key]) => ask(url, line, { authorization: `Bearer ${key}` })),
        );
        const wrong = callers.flatMap(([caller], i) => {
          const status = statuses[i] ?? 0;
          const isIn = status !== 401 && status !== 403;
          const isFine = isIn === isLetIn(line, caller) && (status < 500 || status === 501);
          return isFine ? [] : [`${caller} ${status}`];
        });
        expect([asDescribed(line), wrong]).toEqual([asDescribed(line), []]);
      };
      // Some at a time: who sends a wrong key waits, as all do who send one meanwhile.
      for (let i = 0; i < lines.length; i += AT_A_TIME) await Promise.all(lines.slice(i, i + AT_A_TIME).map(check));
    },
    240_000,
  );

  it('shows a key of another workspace nothing of a run, on any route', async () => {
    const events = [{ type: 'run.started', subject: 'run/mine', data: { experiment: '0' } }];
    const headers = { authorization: `Bearer ${shape.key}`, 'content-type': 'application/json' };
    const body = JSON.stringify({ events });
    expect((await fetch(`${urlFor('ingest')}/api/v1/events`, { method: 'POST', headers, body })).status).toBe(202);
    const ofRun = TABLE.filter(({ method, path }) => method === 'GET' && path.startsWith('/api/v1/runs/:run'));
    expect(ofRun.length).toBeGreaterThan(8);
    for (const line of ofRun) {
      const url = urlFor('query') + line.path.replace(':run', 'mine').replace(/:\w+|\*$/g, 'x');
      const query = line.path.includes('series') ? '?key=k&strong=true' : '';
      const by = (key: string) => fetch(url + query, { headers: { authorization: `Bearer ${key}` } });
      expect([line.path, (await by(foreign)).status]).toEqual([line.path, 404]);
    }
    const own = await fetch(`${urlFor('query')}/api/v1/runs/mine?strong=true`, { headers });
    expect(own.status).toBe(200);
  }, 60_000);

  it('lets a revoked key in nowhere within 5 s, in every process', async () => {
    const asked = await Promise.all(
      SERVICES.map(async (name) => {
        const served = new Set(await routesOf(name));
        const isOpenToAdmins = (one: Line): boolean => one.method === 'GET' && one.callers.has('admin');
        const line = TABLE.find((one) => isGuarded(one) && isOpenToAdmins(one) && served.has(asDescribed(one)));
        return line === undefined ? [] : [{ url: urlFor(name), line }];
      }),
    );
    expect(asked.flat().length).toBeGreaterThan(3);
    const headers = { authorization: `Bearer ${revoked.key}` };
    const statuses = () => Promise.all(asked.flat().map(({ url, line }) => ask(url, line, headers)));
    expect((await statuses()).filter((status) => status === 401)).toEqual([]);
    const source = await openDataSource(shape.databaseUrl, { poolSize: 1 });
    expect(await createKeyStore(source).revoke('default', revoked.id)).toBe(true);
    await source.destroy();
    const since = performance.now();
    while ((await statuses()).some((status) => status !== 401) && performance.now() - since < 10_000)
      await new Promise((done) => setTimeout(done, 100));
    expect(performance.now() - since).toBeLessThan(5_000);
  }, 60_000);
});
