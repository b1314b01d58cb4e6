import { Readable } from 'node:stream';
import { createKeyStore } from '@runledger/access';
import { uuidv7 } from '@runledger/kernel';
import { type Answer, openScene, read, type Scene } from '../test/query-scene';

/** Stands in everything that the other project has, and in nothing else. */
const MARK = 'marker-of-the-other-project';
let scene: Scene;
/** Who is kept to the project `mine`: by a grant there, by a denial of the other, and by a key of somebody who sees both. */
let keys: Readonly<Record<string, string>>;

const decide = (subject: string, type: Parameters<Scene['record']['decision']>[1], data: object) =>
  scene.record.decision(subject, type, data);

async function record(project: string, run: string): Promise<void> {
  const experiment = `experiment-${project}`;
  await decide(`project/${project}`, 'project.created', { project, name: project, description: project });
  await decide(`experiment/${experiment}`, 'experiment.created', { experiment, project, name: experiment });
  const view = { view: `view-${project}`, experiment, name: project, search: '' };
  await decide(`view/view-${project}`, 'view.saved', view);
  await decide(`note/${run}`, 'note.written', { run, number: 1, text: project });
  const { digest, size } = await scene.artifacts.put(Readable.from([Buffer.from(project)]));
  await scene.record.facts(run, [
    { type: 'run.started', data: { project, experiment, name: project } },
    {
      type: 'params.logged',
      data: {
        params: [
          { key: 'lr', value: project },
          { key: project, value: 1 },
        ],
      },
    },
    { type: 'tags.set', data: { tags: [{ key: 'team', value: project }] } },
    { type: 'inputs.used', data: { inputs: [{ name: project, digest: project }] } },
    { type: 'artifact.stored', data: { path: 'model.bin', digest, size } },
  ]);
  const lines = [{ time: '2026-01-02T03:04:05.678Z', text: project }];
  await scene.record.facts(run, [{ type: 'console.written', data: { stream: 'stdout', firstLine: 0, lines } }]);
  for (const key of ['loss', project]) await scene.record.stored({ run, key, points: [{ step: 1, value: 1 }] });
}

type Held = Readonly<{ role: string; project?: string; effect: 'allow' | 'deny' }>;
async function makeKey(account: string, grants: readonly Held[], projects?: string[]): Promise<string> {
  const id = uuidv7();
  const draft = { workspace: 'default', label: account, permissions: [], account, id };
  const { key } = await createKeyStore(scene.source).create(draft);
  const subject = `service-account/${account}`;
  await decide(subject, 'service-account.created', { account, name: account, description: '' });
  const narrowed = projects === undefined ? {} : { projects };
  await decide(subject, 'key.created', { account, key: id, label: account, scopes: ['admin'], ...narrowed });
  for (const grant of grants)
    await decide(`grant/account/${account}`, 'grant.made', { grantee: { kind: 'account', id: account }, ...grant });
  return key;
}

beforeAll(async () => {
  scene = await openScene();
  await record('mine', 'my-run');
  await record(MARK, `run-${MARK}`);
  // Of the other project's run, nothing but points have come yet.
  await scene.record.stored({ run: `bare-${MARK}`, key: MARK, points: [{ step: 1, value: 1 }] });
  await scene.record.projectMetadata();
  await scene.record.projectConsole();
  keys = {
    granted: await makeKey('granted', [{ role: 'admin', project: 'mine', effect: 'allow' }]),
    denied: await makeKey('denied', [
      { role: 'admin', effect: 'allow' },
      { role: 'admin', project: MARK, effect: 'deny' },
      { role: 'admin', project: 'default', effect: 'deny' },
    ]),
    narrowed: await makeKey('narrowed', [{ role: 'admin', effect: 'allow' }], ['mine']),
  };
});
afterAll(() => scene.close());

const KINDS = ['granted', 'denied', 'narrowed'];
const keyOf = (kind: string): string => keys[kind] ?? '';

/** As bytes, whatever the type of the answer is. */
async function ask(path: string, key: string, body?: object): Promise<Readonly<{ status: number; text: string }>> {
  const stop = new AbortController();
  const answer = await fetch(`${scene.server.url}${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    signal: stop.signal,
    headers: { authorization: `Bearer ${key}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (answer.headers.get('content-type')?.startsWith('text/event-stream')) {
    stop.abort();
    return { status: answer.status, text: '' };
  }
  return { status: answer.status, text: await answer.text() };
}

const QUERY: Readonly<Record<string, string>> = {
  '/api/v1/runs/:run/series': '?key=loss',
  '/api/v1/runs/:run/series/buckets': '?key=loss',
  '/api/v1/views': `?experiment=experiment-${MARK}`,
};
/** Every route that is asked by GET, about what the other project has. */
const foreign = () =>
  scene.server.routes
    .filter(({ method, access }) => method === 'GET' && access !== 'public')
    .map((route) => {
      const named = route.path
        .replace(':run', `run-${MARK}`)
        .replace(':experiment', `experiment-${MARK}`)
        .replace(':project', MARK)
        .replace(':view', `view-${MARK}`)
        .replace('*', 'model.bin')
        .replace(/:\w+/g, 'x');
      return { ...route, asked: named + (QUERY[route.path] ?? '') };
    });

describe.each(KINDS)('who is kept to a project (%s)', (kind) => {
  it('is not shown a byte of another one on any route, and is told that a thing of it is missing', async () => {
    const tried = foreign();
    expect(tried.length).toBeGreaterThan(30);
    const open = tried.filter(({ access }) => typeof access === 'object' && access.level === 'project');
    expect(open.length).toBeGreaterThan(12);
    for (const { asked, access, path } of tried) {
      const { status, text } = await ask(asked, keyOf(kind));
      // What was asked may be said back; the page of what is not there may not hold it.
      expect([asked, text.includes(MARK)]).toEqual([asked, false]);
      const isOpen = typeof access === 'object' && access.level === 'project';
      const names = path.includes(':run') || path.includes(':experiment') || path.includes(':project');
      expect([asked, status]).toEqual([asked, isOpen ? (names ? 404 : 200) : 403]);
    }
  });

  it('sees in lists, searches, statements and exports what is his, and nothing else', async () => {
    const key = keyOf(kind);
    const all: ReadonlyArray<readonly [string, object?]> = [
      ['/api/v1/projects'],
      ['/api/v1/experiments'],
      ['/api/v1/runs'],
      [`/api/v1/runs?experiment=experiment-mine&lifecycle=all`],
      ['/api/v1/search', { filter: '', columns: { params: 'all', tags: 'all', metrics: 'all', inputs: true } }],
      ['/api/v1/search', { filter: "tags.team = 'mine' or params.lr like '%'", count: true }],
      ['/api/v1/search/facets', { filter: '' }],
      ['/api/v1/sql', { sql: 'select * from runs' }],
      ['/api/v1/sql', { sql: 'select * from params' }],
      ['/api/v1/sql', { sql: 'select * from tags' }],
      ['/api/v1/sql', { sql: 'select * from summaries' }],
      ['/api/v1/sql', { sql: 'select * from points' }],
      ['/api/v1/sql', { sql: 'select * from runs', projects: ['mine', MARK] }],
      ['/api/v1/export', { table: 'params', format: 'csv', runs: ['my-run', `run-${MARK}`] }],
      ['/api/v1/export', { table: 'runs', format: 'csv', filter: '' }],
    ];
    for (const [path, body] of all) {
      const { status, text } = await ask(path, key, body);
      expect([path, body, status, text.includes(MARK)]).toEqual([path, body, 200, false]);
      expect([path, body, text.includes('mine')]).toEqual([path, body, true]);
    }
  });

  it('reads what is his as everybody does', async () => {
    for (const path of ['', '/params', '/tags', '/inputs', '/metrics', '/series?key=loss', '/note', '/artifacts']) {
      const [his, everybodys]: Answer[] = await Promise.all([
        read(scene, `runs/my-run${path}`, keyOf(kind)),
        read(scene, `runs/my-run${path}`),
      ]);
      expect([path, his?.status, his?.body]).toEqual([path, 200, everybodys?.body]);
    }
    expect(await ask('/api/v1/runs/my-run/artifacts/model.bin', keyOf(kind))).toEqual({ status: 200, text: 'mine' });
  });
});
