import { createKeyStore } from '@runledger/access';
import fc from 'fast-check';
import type { DataSource } from 'typeorm';

/** The doors that the tenants use: of one process, or of several. */
export type TenantScene = Readonly<{
  source: DataSource;
  /** Of an admin in each of two workspaces. */
  admins: Readonly<Record<'default' | 'other', string>>;
  /** Where the process listens that answers this. */
  doorOf(method: string, path: string): string;
  /** Paths of all routes with a guard that are read by GET, with names of their parts as `:name` and `*`. */
  reads: readonly string[];
  close(): Promise<void>;
}>;

/**
 * Tenants who do random things over both native doors and MLflow's: two who are kept to a project of one workspace each, and one of another
 * workspace. Whatever each writes holds a marker of its own, and no id does, so that what is asked never holds a foreign one.
 */
type Tenant = {
  name: string;
  key: string;
  marker: string;
  project: string;
  experiment: string;
  runs: string[];
  /** Answers that held the own marker. */
  own: number;
};

let scene: TenantScene;
let tenants: Tenant[];
async function must(by: 'default' | 'other', name: string, fields: object): Promise<Record<string, string>> {
  const told = await send(scene.admins[by], 'POST', `/api/v1/commands/${name}`, fields);
  if (told.status !== 200) throw new Error(`${told.status} ${told.text}`);
  return (JSON.parse(told.text) as { result: Record<string, string> }).result;
}

async function makeTenant(name: string, kept: boolean): Promise<Tenant> {
  const by = kept ? 'default' : 'other';
  const marker = `marker-of-${name}-${Math.random().toString(36).slice(2)}`;
  const project = kept ? `project-${name}` : 'default';
  if (kept) await must(by, 'create-project', { project, name: `${project} ${marker}` });
  const experiment = `experiment-${name}`;
  await must(by, 'create-experiment', { experiment, project, name: `of ${name} ${marker}` });
  const draft = { workspace: 'other', label: name, actor: name, permissions: ['admin'] } as const;
  const { key } = await createKeyStore(scene.source).create(draft);
  if (!kept) return { name, key, marker, project, experiment, runs: [], own: 0 };
  await must(by, 'create-service-account', { account: name, name });
  await must(by, 'grant', { grantee: { kind: 'account', id: name }, role: 'maintainer', project });
  const { secret = '' } = await must(by, 'create-key', { account: name, label: name });
  return { name, key: secret, marker, project, experiment, runs: [], own: 0 };
}

type Told = Readonly<{ status: number; text: string }>;

async function send(key: string, method: string, path: string, body?: object | string): Promise<Told> {
  const stop = new AbortController();
  const json = typeof body === 'object';
  const answer = await fetch(scene.doorOf(method, path) + path, {
    method,
    signal: stop.signal,
    headers: { authorization: `Bearer ${key}`, ...(json ? { 'content-type': 'application/json' } : {}) },
    ...(body === undefined ? {} : { body: json ? JSON.stringify(body) : body }),
  });
  if (answer.headers.get('content-type')?.startsWith('text/event-stream')) {
    stop.abort();
    return { status: answer.status, text: '' };
  }
  return { status: answer.status, text: Buffer.from(await answer.arrayBuffer()).toString('latin1') };
}

/** Asks as a tenant. Of all that ever comes back, no byte is of another. */
async function ask(tenant: Tenant, method: string, path: string, body?: object | string): Promise<Told> {
  const told = await send(tenant.key, method, path, body);
  for (const other of tenants)
    if (other !== tenant) expect([method, path, told.text.includes(other.marker)]).toEqual([method, path, false]);
  if (told.text.includes(tenant.marker)) tenant.own++;
  return told;
}

type Action = Readonly<{ by: number; on: number; kind: number; salt: number }>;
const runOf = ({ runs }: Tenant, salt: number): string => runs[salt % runs.length] ?? '';

/** Writes by one tenant into what is another's, or its own. */
const WRITES: ReadonlyArray<(by: Tenant, on: Tenant, salt: number) => Promise<Told>> = [
  (by, on, salt) => {
    const data = { tags: [{ key: `t${salt % 7}`, value: by.marker }] };
    return ask(by, 'POST', '/api/v1/events', {
      events: [{ subject: `run/${runOf(on, salt)}`, type: 'tags.set', data }],
    });
  },
  (by, on, salt) => {
    const series = [{ key: by.marker, steps: [salt], values: [salt] }];
    return ask(by, 'POST', '/api/v1/metrics', { run: runOf(on, salt), series });
  },
  (by, on, salt) => ask(by, 'PUT', `/api/v1/runs/${runOf(on, salt)}/artifacts/f${salt % 5}.txt`, by.marker),
  async (by, on, salt) => {
    const run = `made-${salt}-${by.name}`;
    const data = { project: on.project, experiment: on.experiment, name: by.marker };
    const told = await ask(by, 'POST', '/api/v1/events', {
      events: [{ subject: `run/${run}`, type: 'run.started', data }],
    });
    if (told.status === 202 && by === on) by.runs.push(run);
    return told;
  },
  (by, on, salt) => {
    const data = { project: by.project, experiment: by.experiment, fork: { run: runOf(on, salt), step: 1 } };
    const events = [{ subject: `run/fork-${salt}-${by.name}`, type: 'run.started', data }];
    return ask(by, 'POST', '/api/v1/events', { events });
  },
  (by, on, salt) => {
    const fields = { project: on.project, experiment: `e-${salt}-${by.name}`, name: `${by.marker} ${salt}` };
    return ask(by, 'POST', '/api/v1/commands/create-experiment', fields);
  },
  async (by, on) => {
    const run = { experiment_id: on.experiment, run_name: by.marker };
    const told = await ask(by, 'POST', '/api/2.0/mlflow/runs/create', run);
    const made = told.status === 200 ? (JSON.parse(told.text) as { run: { info: { run_id: string } } }) : null;
    if (made !== null) by.runs.push(made.run.info.run_id);
    return told;
  },
  (by, on, salt) =>
    ask(by, 'POST', '/api/2.0/mlflow/runs/log-batch', {
      run_id: runOf(on, salt),
      metrics: [{ key: by.marker, value: 1, timestamp: 1, step: salt }],
      params: [],
      tags: [{ key: 'mlflow', value: by.marker }],
    }),
  (by, on) => {
    const tag = { experiment_id: on.experiment, key: 'note', value: by.marker };
    return ask(by, 'POST', '/api/2.0/mlflow/experiments/set-experiment-tag', tag);
  },
  (by, on, salt) => {
    const change = { run_id: runOf(on, salt), run_name: by.marker };
    return ask(by, 'POST', '/api/2.0/mlflow/runs/update', change);
  },
  (by, on, salt) => {
    const place = `${on.experiment}/${runOf(on, salt)}/artifacts/m${salt % 5}.txt`;
    return ask(by, 'PUT', `/api/2.0/mlflow-artifacts/artifacts/${place}`, by.marker);
  },
];

/** Commands about what is another's, and through MLflow's door. */
const command = (name: string, fields: (by: Tenant, on: Tenant, salt: number) => object): (typeof WRITES)[number] => {
  return (by, on, salt) => ask(by, 'POST', `/api/v1/commands/${name}`, fields(by, on, salt));
};
const COMMANDS: typeof WRITES = [
  command('tag-experiment', (by, { experiment }, salt) => ({
    experiment,
    tags: [{ key: `k${salt % 5}`, value: by.marker }],
  })),
  command('rename-experiment', (by, { experiment }, salt) => ({ experiment, name: `${by.marker} named ${salt}` })),
  command('write-note', (by, on, salt) => ({ run: runOf(on, salt), text: by.marker })),
  command('save-view', (by, { experiment }, salt) => ({ experiment, name: `${by.marker} ${salt}`, search: 'x' })),
  command('write-comment', (by, on, salt) => ({ about: { kind: 'run', id: runOf(on, salt) }, text: by.marker })),
  command('create-logged-model', (by, { experiment }) => ({ experiment, name: by.marker })),
  command('define-objective', (by, { experiment }, salt) => ({
    scope: { kind: 'experiment', id: experiment },
    definition: { name: `${by.marker} ${salt}`, metric: 'loss', aggregate: 'last', comparison: '<=', threshold: 1 },
  })),
  command('describe-project', (by, { project }) => ({ project, description: by.marker })),
  (by, { experiment }) =>
    ask(by, 'POST', '/api/2.0/mlflow/logged-models', { experiment_id: experiment, name: by.marker }),
];
const ACTS = [...WRITES, ...COMMANDS];

/** A workspace knows nothing of another's ids: to write to one makes a thing of one's own. */
const isForeign = (by: Tenant, on: Tenant): boolean => by !== on && by.name !== 'cat';

const READS: ReadonlyArray<(on: Tenant, salt: number) => readonly [string, string, object?]> = [
  () => [
    'POST',
    '/api/v1/search',
    { filter: '', columns: { params: 'all', tags: 'all', metrics: 'all', inputs: true } },
  ],
  () => ['POST', '/api/v1/search/facets', { filter: '' }],
  () => ['POST', '/api/v1/sql?strong=true&wait=20000', { sql: 'select * from runs' }],
  () => ['POST', '/api/v1/sql', { sql: 'select * from tags' }],
  () => ['POST', '/api/v1/sql', { sql: 'select * from points' }],
  (on) => ['POST', '/api/v1/export', { table: 'runs', format: 'csv', runs: on.runs.slice(0, 50) }],
  (on) => ['POST', '/api/2.0/mlflow/runs/search', { experiment_ids: [on.experiment] }],
  () => ['POST', '/api/2.0/mlflow/experiments/search', { max_results: 100 }],
  (on, salt) => ['GET', `/api/2.0/mlflow/runs/get?run_id=${runOf(on, salt)}`],
  (on) => ['GET', `/api/2.0/mlflow/experiments/get?experiment_id=${on.experiment}`],
  (on) => ['POST', '/api/v1/compare', { runs: on.runs.slice(0, 20), metrics: 'all', all: true }],
  (on) => ['POST', '/api/v1/curves', { runs: on.runs.slice(0, 20), keys: [{ glob: '*' }] }],
  (on) => ['POST', '/api/v1/objectives/results', { runs: on.runs.slice(0, 20) }],
  (on) => ['GET', `/api/v1/objectives?experiment=${on.experiment}`],
  (on) => ['GET', `/api/v1/logged-models?experiment=${on.experiment}`],
  (on) => ['GET', `/api/v1/views?experiment=${on.experiment}`],
  (on, salt) => ['GET', `/api/v1/comments?run=${runOf(on, salt)}`],
  (on, salt) => ['GET', `/api/v1/lineage?node=run:${runOf(on, salt)}`],
  (on) => ['GET', `/api/v1/metric-names?experiment=${on.experiment}`],
  (on) => ['POST', '/api/2.0/mlflow/logged-models/search', { experiment_ids: [on.experiment] }],
  (on) => ['POST', '/api/2.0/mlflow/experiments/search-datasets', { experiment_ids: [on.experiment] }],
  (on, salt) => ['GET', `/api/2.0/mlflow/artifacts/list?run_id=${runOf(on, salt)}`],
  (on, salt) => ['GET', `/api/2.0/mlflow-artifacts/artifacts/${on.experiment}/${runOf(on, salt)}/artifacts/m1.txt`],
];

/** Every route that is read by GET, about a thing of a tenant. */
const reads = (on: Tenant, salt: number): string[] =>
  scene.reads.map((path) =>
    path
      .replace(':run', runOf(on, salt))
      .replace(':experiment', on.experiment)
      .replace(':project', on.project)
      .replace('*', 'f1.txt')
      .replace(/:\w+/g, 'x'),
  );

const action = fc.record({
  by: fc.nat({ max: 2 }),
  on: fc.nat({ max: 2 }),
  kind: fc.nat({ max: ACTS.length + READS.length - 1 }),
  salt: fc.nat({ max: 1_000_000 }),
});

async function act({ by, on, kind, salt }: Action): Promise<void> {
  const [asker, owner] = [tenants[by] as Tenant, tenants[on] as Tenant];
  const write = ACTS[kind];
  if (write === undefined) {
    const [method, path, body] = (READS[kind - ACTS.length] as (typeof READS)[number])(owner, salt);
    await ask(asker, method, path, body);
    return;
  }
  const { status, text } = await write(asker, owner, salt);
  if (isForeign(asker, owner)) expect([kind, status, text]).toEqual([kind, 404, expect.anything()]);
  else if (asker === owner) expect([kind, text, status < 300]).toEqual([kind, text, true]);
}

async function prepare(): Promise<void> {
  tenants = [await makeTenant('ant', true), await makeTenant('bee', true), await makeTenant('cat', false)];
  for (const tenant of tenants) {
    const run = `run-of-${tenant.name}`;
    const { project, experiment, marker } = tenant;
    const started = { type: 'run.started', data: { project, experiment, name: marker } };
    const events = [{ subject: `run/${run}`, ...started }];
    expect((await ask(tenant, 'POST', '/api/v1/events', { events })).status).toBe(202);
    tenant.runs.push(run);
  }
}

/** What tenants are told, `numRuns` times after they have done sixty random things. */
export function twoTenantsContract(open: () => Promise<TenantScene>, numRuns: number): void {
  beforeAll(async () => {
    scene = await open();
    await prepare();
  }, 180_000);
  afterAll(() => scene.close(), 60_000);

  it("tells nobody a byte of another, and writes nothing into what is another's, whatever they do", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(action, { minLength: 60, maxLength: 60, size: 'max' }), async (actions) => {
        for (const one of actions) await act(one);
      }),
      { numRuns, endOnFailure: true },
    );
    for (const asker of tenants)
      for (const owner of tenants) {
        for (const path of reads(owner, 0)) await ask(asker, 'GET', path);
        for (const read of READS) {
          const [method, path, body] = read(owner, 0);
          await ask(asker, method, path, body);
        }
      }
    for (const { name, own } of tenants) expect([name, own > 10]).toEqual([name, true]);
  }, 240_000);

  it('would find them: who may see both is told both by the same questions', async () => {
    const [ant, bee] = tenants as [Tenant, Tenant];
    const seen = await Promise.all(
      READS.map(async (read) => {
        const [method, path, body] = read(ant, 0);
        return (await send(scene.admins.default, method, path, body)).text;
      }),
    );
    expect(seen.filter((text) => text.includes(ant.marker)).length).toBeGreaterThan(5);
    // Its run alone, by three of them, where chance has let it say nothing else.
    expect(seen.filter((text) => text.includes(bee.marker)).length).toBeGreaterThanOrEqual(3);
  });
}
