import { setTimeout as sleep } from 'node:timers/promises';
import type { Position } from '@runledger/contracts';
import { drawing } from '@runledger/testkit';
import { type Answer, openScene, post, read, refusalOf, type Scene } from '../test/query-scene';
import type { Curve, Fact, Point } from '../test/record-and-project';

// The meaning of `as_of` is what a reader saw then: it is asked at many moments, and asked again afterwards.
let scene: Scene;
beforeAll(async () => {
  scene = await openScene();
});
afterAll(() => scene.close());

const RUNS = ['r0', 'r1', 'r2', 'r3', 'r4', 'r5', 'r6', 'r7'];
const FILTERS = [
  '',
  'metrics.loss < 0.5',
  'metrics.loss.max >= 0.9 OR metrics.acc.last < 0.2',
  "params.p0 = 'a' AND NOT tags.t0 = 'x'",
  "tags.t0 IN ('x', 'y') OR datasets.digest = 'd0'",
  "links.kind = 'job' OR status = 'FINISHED'",
  "attributes.user_id = 'u0' OR metrics.acc IS NULL",
];
const ORDERS = [[], ['metrics.loss DESC'], ['tags.t0', 'params.p0 DESC'], ['metrics.acc.min', 'attributes.user_id']];

const CURVES: readonly object[] = [
  { keys: ['loss', { glob: '*' }] },
  { keys: ['loss'], buckets: 2, segments: 'all' },
  { keys: ['loss'], x: 'time', buckets: 3 },
  { keys: ['loss'], x: 'relative-time', writers: 'each' },
  { keys: ['loss'], x: { metric: 'acc' }, inherited: false },
  ...[{ param: 'p0' }, { tag: 't0' }, 'experiment', 'run'].map((groupBy) => ({ keys: ['loss'], buckets: 4, groupBy })),
];

const READS_OF_A_RUN = [
  '/writers',
  '/series/buckets?key=loss&key=acc&buckets=3',
  '/console',
  '/console?tail=true&contains=b',
];

type Question = Readonly<{ path: string; body?: object }>;
const QUESTIONS: readonly Question[] = [
  ...['runs?lifecycle=all&limit=50', 'runs?experiment=e1', 'experiments/e1', 'experiments/e1/runs', 'experiments'],
  ...['projects', 'models', 'models/digits', 'models/digits/versions', 'models/digits/history', 'logged-models'],
  ...['models/digits/aliases/champion', 'logged-models/m-1', 'runs/r0/outputs'],
  ...RUNS.slice(0, 4).flatMap((run) =>
    ['', '/params', '/tags', '/inputs', '/artifacts', '/history', '/metrics', '/series?key=loss&key=acc']
      .concat(READS_OF_A_RUN)
      .map((p) => `runs/${run}${p}`),
  ),
]
  .map((path): Question => ({ path }))
  .concat(
    FILTERS.flatMap((filter) => ORDERS.map((orderBy) => ({ filter, orderBy }))).map((asked) => ({
      path: 'search',
      body: {
        ...asked,
        lifecycle: 'all',
        count: true,
        columns: { params: 'all', tags: 'all', metrics: 'all', inputs: true },
      },
    })),
    CURVES.map((body) => ({ path: 'curves', body: { runs: RUNS, ...body } })),
    FILTERS.slice(0, 4).map((filter) => ({ path: 'search/facets', body: { filter, lifecycle: 'all' } })),
    { path: 'compare', body: { runs: RUNS, baseline: 'r1', all: true } },
    ['run:r0', 'version:digits/1', 'external:x:1'].map((node) => ({ path: `lineage?node=${node}&depth=4` })),
  );

const at = (path: string, moment: string): string =>
  moment === '' ? path : `${path}${path.includes('?') ? '&' : '?'}as_of=${encodeURIComponent(moment)}`;
async function ask({ path, body }: Question, moment = ''): Promise<readonly [string, number, unknown]> {
  const answer: Answer =
    body === undefined ? await read(scene, at(path, moment)) : await post(scene, at(path, moment), body);
  // A place to go on from belongs to the list of its moment.
  const shown = { ...(answer.body as object), resumeToken: undefined };
  return [`${path} ${JSON.stringify(body ?? '')}`, answer.status, shown];
}

const VALUES = [Number.NaN, Infinity, -Infinity, -0, 0.1, 0.3, 0.7, 0.95];

/** Random things to record: facts that come late and doubled, points out of order, and decisions. */
function createHappenings(draw: () => number) {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(draw() * list.length)] as T;
  const lastBatch = new Map<string, Curve>();
  const told: Array<readonly [string, Fact]> = [];
  let decisions = 0;

  function someFact(): Fact {
    const lines = ['a', 'b'].map((text) => ({ time: '2026-01-01T00:00:00.000Z', text }));
    const facts: ReadonlyArray<() => Fact> = [
      () => ({ type: 'run.started', data: { experiment: pick(['e1', 'e2']), startedAt: '2026-01-01T00:00:00.000Z' } }),
      () => ({ type: 'run.started', data: { experiment: 'e1', fork: { run: pick(RUNS), step: pick([3, 9, 15]) } } }),
      () => ({ type: 'console.written', data: { stream: pick(['stdout', 'stderr']), firstLine: told.length, lines } }),
      () => ({ type: 'run.updated', data: { name: pick(['a', 'b']), lifecycle: pick(['active', 'deleted']) } }),
      () => ({ type: 'run.finished', data: { outcome: pick(['finished', 'failed']) } }),
      () => ({ type: 'params.logged', data: { params: [{ key: pick(['p0', 'p1']), value: pick(['a', 'b', 1]) }] } }),
      () => ({
        type: 'tags.set',
        data: { tags: [{ key: pick(['t0', 'mlflow.user']), value: pick(['x', 'y', 'u0']) }] },
      }),
      () => ({ type: 'tags.deleted', data: { keys: ['t0'] } }),
      () => ({ type: 'inputs.used', data: { inputs: [{ name: 'n', digest: pick(['d0', 'd1']) }] } }),
      () => ({ type: 'run.linked', data: { links: [{ kind: pick(['job', 'ticket']), uri: 'x:1' }] } }),
      () => ({ type: 'code.recorded', data: { commit: pick(['c1', 'c2']) } }),
      () => ({ type: 'outputs.made', data: { outputs: [{ loggedModel: 'm-1', step: pick([1, 2]) }] } }),
      () => ({
        type: 'artifact.stored',
        data: { path: 'w', digest: `sha256:${pick(['a', 'b']).repeat(64)}`, size: 1 },
      }),
      () => ({ type: 'artifacts.deleted', data: { paths: ['w'] } }),
    ];
    return { ...pick(facts)(), id: `fact-${told.length}` };
  }

  async function fact(): Promise<Position> {
    const [run, one] = told.length > 0 && draw() < 0.15 ? pick(told) : ([pick(RUNS), someFact()] as const);
    told.push([run, one]);
    return scene.record.facts(run, [one]);
  }

  async function points(): Promise<Position> {
    const run = pick(RUNS);
    const key = pick(['loss', 'acc']);
    const before = lastBatch.get(`${run}/${key}`);
    const drawn = (): Point[] =>
      Array.from({ length: 1 + Math.floor(draw() * 4) }, () => ({
        step: Math.floor(draw() * 20),
        time: Math.floor(draw() * 9),
        value: pick(VALUES),
      }));
    const curve =
      before !== undefined && draw() < 0.2 ? before : { run, key, points: drawn(), writer: pick(['', 'w0', 'w1']) };
    lastBatch.set(`${run}/${key}`, curve);
    return scene.record.stored(curve);
  }

  const model = 'id-1';
  const DECISIONS: ReadonlyArray<Parameters<Scene['record']['decision']>> = [
    ['project/default', 'project.created', { project: 'default', name: 'default', description: '' }],
    ['experiment/e1', 'experiment.created', { experiment: 'e1', project: 'default', name: 'first' }],
    ['model/id-1', 'model.created', { model, name: 'digits', description: '', tags: [] }],
    ['logged-model/m-1', 'logged-model.created', { loggedModel: 'm-1', experiment: 'e1', name: 'm', run: 'r0' }],
    ['model/id-1', 'version.created', { model, version: 1, source: 's', location: 's', description: '', tags: [] }],
    ['model/id-1', 'alias.moved', { model, alias: 'champion', version: 1 }],
    ['experiment/e1', 'experiment.renamed', { experiment: 'e1', from: 'first', to: 'again' }],
    ['model/id-1', 'version.linked', { model, version: 1, links: [{ kind: 'monitor', uri: 'x:2' }] }],
    ['model/id-1', 'version.staged', { model, version: 1, from: 'None', to: 'Production' }],
    ['model/id-1', 'alias.removed', { model, alias: 'champion' }],
    ['model/id-1', 'version.deleted', { model, version: 1 }],
    ['experiment/e1', 'experiment.deleted', { experiment: 'e1' }],
  ];

  /** What happens next, and a token of it. */
  return async function happen(): Promise<string> {
    const chance = draw();
    const next = DECISIONS[decisions];
    if (next !== undefined && chance < 0.12) {
      decisions++;
      const journalseq = await scene.record.decision(...next);
      return scene.token({ journal: [{ workspace: 'default', journalseq }] });
    }
    return scene.token({ log: [await (chance < 0.6 ? fact() : points())] });
  };
}

const moments: string[] = [];

it('answers what a reader saw then, at any position and any time, however the record went on', async () => {
  const draw = drawing(7);
  const happen = createHappenings(draw);
  const seen: Array<{ position: string; time: string; answers: Array<readonly [string, number, unknown]> }> = [];
  for (let moment = 0; moment < 8; moment++) {
    let position = '';
    for (let i = 0; i < 8; i++) {
      position = await happen();
      // The log's times are whole milliseconds: what happens in one of them is of one moment.
      await sleep(3);
    }
    await scene.record.projectMetadata();
    await scene.record.projectConsole();
    const answers = [];
    for (const question of QUESTIONS) answers.push(await ask(question));
    moments.push(position);
    seen.push({ position, time: new Date().toISOString(), answers });
    await sleep(3);
  }
  for (const { position, time, answers } of seen)
    for (const [i, question] of QUESTIONS.entries())
      expect(await ask(question, i % 2 === 0 ? position : time)).toEqual(answers[i]);
}, 240_000);

describe('an answer as of a moment that its reader has already', () => {
  const paths = QUESTIONS.flatMap(({ path, body }) => (body === undefined ? [path] : []));
  async function get(path: string, moment: string, etag?: string) {
    const answer = await fetch(`${scene.server.url}/api/v1/${at(path, moment)}`, {
      headers: {
        authorization: `Bearer ${scene.keys.reader}`,
        ...(etag === undefined ? {} : { 'if-none-match': etag }),
      },
    });
    const { status, headers } = answer;
    return { status, etag: headers.get('etag'), kept: headers.get('cache-control'), text: await answer.text() };
  }

  it('is not sent again, and one that has changed always is', async () => {
    let [same, other] = [0, 0];
    for (const [i, path] of paths.entries()) {
      const [early, late] = [moments[i % 3] ?? '', moments[(i % 3) + 3] ?? ''];
      const [first, then] = [await get(path, early), await get(path, late)];
      if (first.status !== 200) continue;
      expect([path, first.etag, first.kept]).toEqual([path, expect.stringMatching(/^"\S{43}"$/), 'private, no-cache']);
      expect(await get(path, early, `"x", W/${first.etag}`)).toEqual({ ...first, status: 304, text: '' });
      const asked = await get(path, late, first.etag ?? '');
      if (then.text === first.text) same++;
      else other++;
      expect(asked).toEqual(then.text === first.text ? { ...then, status: 304, text: '' } : then);
    }
    expect([same > 0, other > 10]).toEqual([true, true]);
  });

  it('is not kept where it is of now, or a refusal', async () => {
    const [now, refused] = [await get('runs/r0', ''), await get('runs/nobody', moments[0] ?? '')];
    expect([now.status, now.etag, now.kept]).toEqual([200, null, 'no-store']);
    expect([refused.status, refused.etag, refused.kept]).toEqual([404, null, 'no-store']);
  });
});

describe('a moment', () => {
  it('before everything shows nothing', async () => {
    const before = '2020-01-01T00:00:00Z';
    expect((await read(scene, at('runs', before))).body).toEqual({ runs: [], nextPageToken: null });
    expect(refusalOf(await read(scene, at('runs/r0', before)))).toEqual([404, 'QUERY_NO_RUN']);
    expect(refusalOf(await read(scene, at('models/digits', before)))).toEqual([404, 'QUERY_NO_MODEL']);
  });

  it.each([
    ['tomorrow', 'READS_BAD_AS_OF'],
    ['2999-01-01T00:00:00Z', 'READS_BAD_AS_OF'],
    ['2026-01-01', 'READS_BAD_AS_OF'],
    ['p1.x', 'CONTRACTS_BAD_POSITION'],
  ])('that is none is refused: %s', async (moment, code) => {
    expect(refusalOf(await read(scene, at('runs', moment)))).toEqual([400, code]);
    expect(refusalOf(await post(scene, at('search', moment), {}))).toEqual([400, code]);
  });

  it('of another log, beyond the end, or of no record is refused', async () => {
    const runs = { topic: 'runledger.runs.v1', partition: 0 };
    const asked = async (token: Parameters<Scene['token']>[0]) =>
      refusalOf(await read(scene, at('runs', scene.token(token))));
    expect(await asked({ incarnation: 'other', log: [{ ...runs, offset: 0 }] })).toEqual([
      400,
      'READS_FOREIGN_POSITION',
    ]);
    expect(await asked({ log: [{ ...runs, offset: 1_000_000 }] })).toEqual([400, 'READS_POSITION_AHEAD']);
    expect(await asked({ journal: [{ workspace: 'default', journalseq: 999 }] })).toEqual([
      400,
      'READS_POSITION_AHEAD',
    ]);
    expect(await asked({})).toEqual([400, 'READS_BAD_AS_OF']);
  });

  it('belongs to the page that it began', async () => {
    const first = (await read(scene, at('runs?limit=1&lifecycle=all', new Date().toISOString()))).body as {
      nextPageToken: string;
    };
    const other = `runs?limit=1&lifecycle=all&page_token=${first.nextPageToken}`;
    expect(refusalOf(await read(scene, other))).toEqual([400, 'READS_BAD_PAGE_TOKEN']);
  });
});
