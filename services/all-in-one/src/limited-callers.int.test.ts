import { writeFileSync } from 'node:fs';
import { verifyBundle } from '@runledger/evidence';
import type { Route } from '@runledger/http';
import { parseVerifierKey } from '@runledger/merkle';
import { eventually, type TemporaryFolder, temporaryFolder } from '@runledger/testkit';
import { LIMITED, type Limited, MARKS, openWorld, type Side, type World } from '../test/limited-world';

let world: World;
let folder: TemporaryFolder;
beforeAll(async () => {
  folder = temporaryFolder('limited');
  world = await openWorld();
  // The ledger has what both sides have recorded.
  for (const side of ['p', 'q'])
    await eventually(async () => {
      const { status } = await world.ask(world.scene.keys.admin, 'GET', `/api/v1/evidence?run=run-${side}`);
      return status === 200 ? true : undefined;
    });
}, 120_000);
afterAll(async () => {
  await world?.scene.close();
  folder.remove();
});

/** Reads of the native doors: everything but MLflow's, which two-tenants.int.test.ts asks at random. */
const isNative = ({ path }: Route): boolean => /^[/](api[/]v1|log)[/]/.test(path);
const levelOf = ({ access }: Route): string => (typeof access === 'object' ? access.level : String(access));
const reads = (level: string): string[] => [
  ...new Set(
    world.scene.server.routes
      .filter((route) => route.method === 'GET' && isNative(route) && levelOf(route) === level)
      .map(({ path }) => path),
  ),
];

/** What a route has to be asked with; lists that tell of all name what they are about. */
const QUERIES: Readonly<Record<string, (side: Side) => string>> = {
  '/api/v1/changes': (side) => `subject=experiment/experiment-${side}`,
  '/api/v1/comments': (side) => `run=run-${side}`,
  '/api/v1/evidence': (side) => `run=run-${side}`,
  '/api/v1/lineage': (side) => `node=run:run-${side}`,
  '/api/v1/live': (side) => `run=run-${side}`,
  '/api/v1/logged-models': (side) => `experiment=experiment-${side}`,
  '/api/v1/objectives': (side) => `experiment=experiment-${side}`,
  '/api/v1/proofs/point': (side) => `run=run-${side}&key=loss&step=0`,
  '/api/v1/runs/:run/series': () => 'key=loss',
  '/api/v1/runs/:run/series/buckets': () => 'key=loss',
  '/api/v1/views': (side) => `experiment=experiment-${side}`,
};
const IDS: Readonly<Record<string, (side: Side) => string>> = {
  ':event': (side) => `event-${side}`,
  ':loggedModel': (side) => world.loggedModels[side],
  ':workspace': () => 'default',
};
function addressOf(path: string, side: Side): string {
  const file = path.startsWith('/log/') ? '0/000.p/8' : `${MARKS[side]}.txt`;
  const filled = path
    .replace('*', file)
    .replace(/:\w+/g, (name) => (IDS[name] ?? (() => `${name.slice(1)}-${side}`))(side));
  const query = QUERIES[path]?.(side);
  return query === undefined ? filled : `${filled}?${query}`;
}

/** Of the whole workspace, and told to whoever is kept to a project too: hashes and signatures, and what he may do himself. */
const OF_ALL = ['/api/v1/checkpoints', '/api/v1/ledger', '/api/v1/limits', '/api/v1/sql', '/log/:workspace/checkpoint'];
const NAMES_NOBODY = [...OF_ALL, '/log/:workspace/vkey', '/log/:workspace/tile/*'];
/** Answers 200 with nothing in it where what is named is foreign. */
const EMPTY_FOR_OTHERS = ['/api/v1/live'];
/** By webhooks:read, which viewers and editors have nowhere. */
const OF_WEBHOOKS = ['/api/v1/webhooks', '/api/v1/webhooks/:webhook', '/api/v1/webhook-entries'];
const mayRead = (path: string, role: Limited): boolean =>
  !OF_WEBHOOKS.includes(path) || !['viewer', 'editor'].includes(role);
/** Lists without a name: the own things are in them, others are missing. */
const isList = (path: string): boolean => !path.includes(':') && QUERIES[path] === undefined;

it.each(LIMITED)('a %s of a project reads all of what lies in it, and nothing of another', async (role) => {
  const key = world.keys[role];
  const told: string[] = [];
  const paths = reads('project');
  expect(paths.length).toBeGreaterThan(40);
  for (const path of paths) {
    const own = await world.ask(key, 'GET', addressOf(path, 'p'));
    expect([path, own.status]).toEqual([path, mayRead(path, role) ? 200 : 403]);
    if (own.text.includes(MARKS.p)) told.push(path);
    const foreign = await world.ask(key, 'GET', addressOf(path, 'q'));
    const both = own.text + foreign.text;
    expect([path, both.includes(MARKS.q)]).toEqual([path, false]);
    if (!mayRead(path, role)) expect([path, foreign.status]).toEqual([path, 403]);
    else if (isList(path) || NAMES_NOBODY.includes(path) || EMPTY_FOR_OTHERS.includes(path))
      expect([path, foreign.status]).toEqual([path, 200]);
    else expect([path, foreign.status]).toEqual([path, 404]);
  }
  expect(told.length).toBeGreaterThan(25); // what is looked for would be found
});

/** What tells of the whole workspace; who lacks a project has no part in it (ADR 50, ADR 54). */
const OF_THE_WORKSPACE = [
  '/api/v1/access/events',
  '/api/v1/archive',
  '/api/v1/boards',
  '/api/v1/boards/:board',
  '/api/v1/boards/:board/history',
  '/api/v1/grants',
  '/api/v1/inventory',
  '/api/v1/keys',
  '/api/v1/ledger/check',
  '/api/v1/models',
  '/api/v1/models/:model',
  '/api/v1/models/:model/aliases/:alias',
  '/api/v1/models/:model/gates',
  '/api/v1/models/:model/history',
  '/api/v1/models/:model/inventory',
  '/api/v1/models/:model/versions',
  '/api/v1/models/:model/versions/:version',
  '/api/v1/models/:model/versions/:version/governance',
  '/api/v1/positions',
  '/api/v1/service-accounts',
  '/api/v1/storage',
  '/api/v1/trusts',
];

it('what is the workspace’s is on a list, and closed to every role in a project', async () => {
  expect(reads('workspace').sort()).toEqual(OF_THE_WORKSPACE);
  for (const role of LIMITED)
    for (const path of reads('workspace')) {
      const { status } = await world.ask(world.keys[role], 'GET', path.replace(/:\w+/g, 'x'));
      expect([role, path, status]).toEqual([role, path, 403]);
    }
});

const BODIES: Readonly<Record<string, (side: Side) => object>> = {
  '/api/v1/compare': (side) => ({ runs: [`run-${side}`, `second-${side}`], metrics: 'all', all: true }),
  '/api/v1/curves': (side) => ({ runs: [`run-${side}`], keys: [{ glob: '*' }] }),
  '/api/v1/export': (side) => ({ table: 'runs', format: 'csv', runs: [`run-${side}`] }),
  '/api/v1/fingerprints': (side) => ({ params: { [`param ${MARKS[side]}`]: MARKS[side] }, inputs: [] }),
  '/api/v1/objectives/results': (side) => ({ runs: [`run-${side}`] }),
  '/api/v1/search': () => ({ filter: '', columns: { params: 'all', tags: 'all', metrics: 'all', inputs: true } }),
  '/api/v1/search/facets': () => ({ filter: '' }),
  '/api/v1/sql': () => ({ sql: 'select * from params' }),
};

it.each(LIMITED)('a %s of a project is told by no question in a body of what lies in another', async (role) => {
  const asked = world.scene.server.routes.filter(
    (route) => route.method === 'POST' && isNative(route) && levelOf(route) === 'project' && isRead(route),
  );
  expect(asked.map(({ path }) => path).sort()).toEqual(Object.keys(BODIES));
  for (const { path } of asked)
    for (const side of ['p', 'q'] as const) {
      const { status, text } = await world.ask(world.keys[role], 'POST', path, BODIES[path]?.(side));
      if (side === 'p') expect([path, text.slice(0, 200), status]).toEqual([path, text.slice(0, 200), 200]);
      expect([path, side, text.includes(MARKS.q)]).toEqual([path, side, false]);
    }
});
const isRead = ({ access }: Route): boolean => typeof access === 'object' && access.permission === 'runs:read';

describe('evidence', () => {
  const exported = async (key: string, query: string): Promise<string> => {
    const { status, text } = await world.ask(key, 'GET', `/api/v1/evidence?${query}`);
    expect([query, status]).toEqual([query, 200]);
    return text;
  };

  it('of the own run and project holds by the log’s key, and not a byte of another project is in it', async () => {
    const vkey = await world.ask(world.keys.viewer, 'GET', '/log/default/vkey');
    for (const query of ['run=run-p', 'project=project-p']) {
      const text = await exported(world.keys.viewer, query);
      const path = `${folder.path}/bundle.tar`;
      writeFileSync(path, Buffer.from(text, 'latin1'));
      const { manifest } = await verifyBundle(path, [parseVerifierKey(vkey.text.trim())]);
      expect(manifest.leaves).toBeGreaterThan(3);
      expect(text).toContain(MARKS.p);
      for (const foreign of [MARKS.q, 'run-q', 'experiment-q', 'project-q', 'objective-q'])
        expect([query, foreign, text.includes(foreign)]).toEqual([query, foreign, false]);
    }
  });

  it.each(['run=run-q', 'project=project-q', 'run=nobody', 'project=nobody'])('of %s is missing', async (query) => {
    for (const role of LIMITED)
      expect((await world.ask(world.keys[role], 'GET', `/api/v1/evidence?${query}`)).status).toBe(404);
  });

  it('of models and times is of every project', async () => {
    for (const query of ['model=m', 'from=2020-01-01T00:00:00Z&to=2100-01-01T00:00:00Z'])
      expect((await world.ask(world.keys.admin, 'GET', `/api/v1/evidence?${query}`)).status).toBe(403);
  });
});

it('entries of the ledger are closed, its hashes are not', async () => {
  const tile = (path: string) => world.ask(world.keys.auditor, 'GET', `/log/default/tile/${path}`);
  const [, size = ''] = (await world.ask(world.keys.auditor, 'GET', '/log/default/checkpoint')).text.split('\n');
  expect(Number(size)).toBeGreaterThan(10);
  expect((await tile(`0/000.p/${Math.min(Number(size), 255)}`)).status).toBe(200);
  expect((await tile(`entries/000.p/${Math.min(Number(size), 255)}`)).status).toBe(403);
});

it('changes are told of what is named, and of nothing in general', async () => {
  expect((await world.ask(world.keys.admin, 'GET', '/api/v1/changes')).status).toBe(400);
  for (const subject of [
    'grant/x',
    'model/x',
    'service-account/viewer',
    'view/view-q',
    'note/run-q',
    'webhook/webhook-q',
  ]) {
    const { status } = await world.ask(world.keys.admin, 'GET', `/api/v1/changes?subject=${subject}`);
    expect([subject, status]).toEqual([subject, 404]);
  }
});

describe('webhooks of a project', () => {
  const say = (role: Limited, name: string, fields: object) =>
    world.ask(world.keys[role], 'POST', `/api/v1/commands/${name}`, fields);
  const hook = { name: 'mine', url: 'https://ci.example/', events: ['objective.met'] };
  const own = { kind: 'project', id: 'project-p' };
  const foreign = { kind: 'project', id: 'project-q' };

  it('are made and changed by its maintainers, within it', async () => {
    const made = await say('maintainer', 'create-webhook', { ...hook, webhook: 'made', scope: own });
    expect(made.status).toBe(200);
    expect((await say('maintainer', 'change-webhook', { webhook: 'made', status: 'disabled' })).status).toBe(200);
    expect((await say('maintainer', 'replay-webhook', { webhook: 'made', after: 0 })).status).toBe(200);
    expect((await say('editor', 'change-webhook', { webhook: 'made', status: 'active' })).status).toBe(403);
    expect((await say('maintainer', 'delete-webhook', { webhook: 'made' })).status).toBe(200);
  });

  it.each<[string, string, object, number]>([
    ['without a scope', 'create-webhook', hook, 403],
    ['for another project', 'create-webhook', { ...hook, scope: foreign }, 404],
    [
      'for an experiment of another',
      'create-webhook',
      { ...hook, scope: { kind: 'experiment', id: 'experiment-q' } },
      404,
    ],
    ['under the id of another’s', 'create-webhook', { ...hook, webhook: 'webhook-q', scope: own }, 404],
    ['of another', 'change-webhook', { webhook: 'webhook-q', status: 'disabled' }, 404],
    ['of another, again', 'replay-webhook', { webhook: 'webhook-q', after: 0 }, 404],
    ['of another, away', 'delete-webhook', { webhook: 'webhook-q' }, 404],
    ['of nobody', 'delete-webhook', { webhook: 'nobody' }, 404],
    ['into another project', 'change-webhook', { webhook: 'webhook-p', scope: foreign }, 404],
    ['to the whole workspace', 'change-webhook', { webhook: 'webhook-p', scope: null }, 403],
  ])('%s: %s is refused', async (_what, name, fields, status) => {
    expect((await say('maintainer', name, fields)).status).toBe(status);
    const still = JSON.parse((await world.ask(world.keys.maintainer, 'GET', '/api/v1/webhooks/webhook-p')).text);
    expect(still).toMatchObject({ scope: own, status: 'active' });
  });
});
