import { Readable } from 'node:stream';
import { createKeyStore } from '@runledger/access';
import { uuidv7 } from '@runledger/kernel';
import { followStream } from '../test/event-stream';
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
  const loggedModel = `model-${project}`;
  const made = { loggedModel, experiment, name: project, run, params: [], tags: [] };
  await decide(`logged-model/${loggedModel}`, 'logged-model.created', made);
  const about = { kind: 'run' as const, id: run };
  const said = { comment: `comment-${project}`, about, text: project, mentions: [] };
  await decide(`comment/comment-${project}`, 'comment.written', said);
  const scope = { kind: 'experiment' as const, id: experiment };
  const goal = { objective: `objective-${project}`, number: 1, scope, name: project, ...GOAL };
  await decide(`objective/objective-${project}`, 'objective.defined', goal);
  const hook = { webhook: `webhook-${project}`, name: 'told', description: project, url: 'https://ci.example/' };
  const told = { events: ['objective.met'], secret: null, status: 'active', scope } as const;
  await decide(`webhook/webhook-${project}`, 'webhook.created', { ...hook, ...told });
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

const GOAL = { metric: 'loss', aggregate: 'last', comparison: '<=', threshold: 2 } as const;

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
  '/api/v1/objectives': `?experiment=experiment-${MARK}`,
  '/api/v1/logged-models': `?experiment=experiment-${MARK}`,
  '/api/v1/comments': `?run=run-${MARK}`,
  '/api/v1/lineage': `?node=run:run-${MARK}`,
  '/api/v1/changes': `?subject=experiment/experiment-${MARK}`,
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
        .replace(':loggedModel', `model-${MARK}`)
        .replace(':comment', `comment-${MARK}`)
        .replace(':objective', `objective-${MARK}`)
        .replace(':webhook', `webhook-${MARK}`)
        .replace('*', 'model.bin')
        .replace(/:\w+/g, 'x');
      return { ...route, asked: named + (QUERY[route.path] ?? '') };
    });

describe.each(KINDS)('who is kept to a project (%s)', (kind) => {
  it('is not shown a byte of another one on any route, and is told that a thing of it is missing', async () => {
    const tried = foreign();
    expect(tried.length).toBeGreaterThan(30);
    const open = tried.filter(({ access }) => typeof access === 'object' && access.level === 'project');
    expect(open.length).toBeGreaterThan(30);
    for (const { asked, access } of tried) {
      const { status, text } = await ask(asked, keyOf(kind));
      // What was asked may be said back; the page of what is not there may not hold it.
      expect([asked, text.includes(MARK)]).toEqual([asked, false]);
      const isOpen = typeof access === 'object' && access.level === 'project';
      const names = asked.includes(MARK);
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
      ['/api/v1/compare', { runs: ['my-run', 'nobodys'], metrics: 'all', all: true }],
      ['/api/v1/curves', { runs: ['my-run'], keys: [{ glob: '*' }] }],
      ['/api/v1/curves', { runs: ['my-run'], keys: ['loss', 'mine'], groupBy: { param: 'lr' } }],
      ['/api/v1/objectives/results', { runs: ['my-run'] }],
      ['/api/v1/metric-names'],
      ['/api/v1/views?experiment=experiment-mine'],
      ['/api/v1/objectives?experiment=experiment-mine'],
      ['/api/v1/logged-models?run=my-run'],
      ['/api/v1/comments?run=my-run'],
      ['/api/v1/lineage?node=run:my-run'],
    ];
    for (const [path, body] of all) {
      const { status, text } = await ask(path, key, body);
      expect([path, body, status, text.includes(MARK)]).toEqual([path, body, 200, false]);
      expect([path, body, text.includes('mine')]).toEqual([path, body, true]);
    }
  });

  it('asks for many runs at once, and those of another project are missing among them', async () => {
    const runs = ['my-run', `run-${MARK}`, `bare-${MARK}`];
    const told = async (path: string, body: object) => {
      const { status, text } = await ask(`/api/v1/${path}`, keyOf(kind), { runs, ...body });
      expect([path, status]).toEqual([path, 200]);
      return JSON.parse(text) as {
        missing: string[];
        runs: Array<{ results: unknown[] }>;
        curves: Array<{ run: string }>;
      };
    };
    expect((await told('compare', { metrics: 'all', all: true })).missing).toEqual(runs.slice(1));
    const curves = await told('curves', { keys: [{ glob: '*' }] });
    expect([curves.missing, new Set(curves.curves.map(({ run }) => run))]).toEqual([
      runs.slice(1),
      new Set(['my-run']),
    ]);
    const results = await told('objectives/results', {});
    expect(results.runs.map((one) => one.results.length)).toEqual([1, 0, 0]);
    const baseline = { runs, baseline: runs[1], metrics: [] };
    expect((await ask('/api/v1/compare', keyOf(kind), baseline)).status).toBe(404);
  });

  it('is told live of what moves there, and of nothing that moves elsewhere', async () => {
    const stream = await followStream(scene, '', undefined, keyOf(kind));
    await stream.until(({ event }) => event === 'watching');
    await scene.record.stored({ run: `run-${MARK}`, key: 'loss', points: [{ step: 2, value: 2 }] });
    await scene.record.stored({ run: 'my-run', key: 'loss', points: [{ step: 2, value: 2 }] });
    await stream.until(({ data }) => JSON.stringify(data).includes('my-run'));
    expect(JSON.stringify(stream.told)).not.toContain(MARK);
    await stream.stop();
  });

  it('must say of what he asks for lists that would tell of all', async () => {
    for (const path of ['objectives', 'logged-models', 'comments', 'comments?mentions=x'])
      expect([path, (await ask(`/api/v1/${path}`, keyOf(kind))).status]).toEqual([path, 400]);
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
