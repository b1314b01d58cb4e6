import {
  experimentsAnswer,
  metricsAnswer,
  projectsAnswer,
  runAnswer,
  runsAnswer,
  seriesAnswer,
} from '@runledger/contracts/http';
import { openScene, read, refusalOf, type Scene } from '../test/query-scene';

let scene: Scene;
beforeAll(async () => {
  scene = await openScene();
});
afterAll(() => scene.close());

const started = (experiment: string, more: object = {}) =>
  ({ type: 'run.started', data: { experiment, ...more } }) as const;

describe('a run', () => {
  it('is read with everything that it logged', async () => {
    const { record } = scene;
    await record.facts('whole', [
      started('e1', {
        name: 'first',
        startedAt: '2026-01-01T00:00:00.000Z',
        fork: { run: 'base', step: '9007199254740993' },
      }),
      {
        type: 'params.logged',
        data: {
          params: [
            { key: 'lr', value: 0.1 },
            { key: 'opt', value: 'adam' },
            { key: 'amp', value: true },
          ],
        },
      },
      { type: 'params.logged', data: { params: [{ key: 'lr', value: 0.2 }] } },
      {
        type: 'tags.set',
        data: {
          tags: [
            { key: 'team', value: 'a' },
            { key: 'b', value: 'räk' },
          ],
        },
      },
      { type: 'inputs.used', data: { inputs: [{ name: 'mnist', digest: 'sha256:1', context: 'train', tags: [] }] } },
      {
        type: 'run.linked',
        data: { links: [{ kind: 'ticket', uri: 'https://tickets.example/1', externalId: 'V-1' }] },
      },
      { type: 'code.recorded', data: { commit: 'abc', dirty: true } },
      { type: 'environment.recorded', data: { host: 'h', cpus: 2, accelerators: ['gpu'], packages: [] } },
      { type: 'run.finished', data: { outcome: 'finished' } },
      { type: 'tags.set', data: { tags: [{ key: 'late', value: '1' }] } },
    ]);
    await record.projectMetadata();
    const { body, headers } = await read(scene, 'runs/whole');
    const run = runAnswer.parse(body);
    expect(headers.get('runledger-lag')).toBe('0');
    expect(run).toMatchObject({
      run: 'whole',
      experiment: 'e1',
      name: 'first',
      status: 'finished',
      startedAt: '2026-01-01T00:00:00.000Z',
      fork: { run: 'base', step: '9007199254740993' },
      params: [
        { key: 'amp', value: true },
        { key: 'lr', value: 0.1 },
        { key: 'opt', value: 'adam' },
      ],
      tags: [
        { key: 'b', value: 'räk', late: false },
        { key: 'late', late: true },
        { key: 'team', late: false },
      ],
      inputs: [{ name: 'mnist', digest: 'sha256:1', context: 'train' }],
      links: [{ kind: 'ticket', uri: 'https://tickets.example/1', externalId: 'V-1', version: null, late: false }],
      code: { commit: 'abc', dirty: true, branch: null },
      environment: { host: 'h', cpus: 2, accelerators: ['gpu'] },
      conflicts: [{ kind: 'param', name: 'lr' }],
      truncated: [],
    });
  });

  it('exists from its first metric on', async () => {
    await scene.record.stored({ run: 'bare', key: 'loss', points: [{ step: 1, value: 2 }] });
    expect(runAnswer.parse((await read(scene, 'runs/bare')).body)).toMatchObject({
      status: 'unannounced',
      experiment: null,
    });
  });

  it.each([
    '',
    '/params',
    '/tags',
    '/inputs',
    '/artifacts',
    '/metrics',
    '/series?key=a',
    '/series/buckets?key=a',
    '/receipts',
  ])('of another workspace is as missing as none: runs/<id>%s', async (path) => {
    const none = await read(scene, `runs/nothing${path}`);
    const foreign = await read(scene, `runs/whole${path}`, scene.keys.other);
    expect(refusalOf(none)).toEqual([404, 'QUERY_NO_RUN']);
    expect(foreign.text).toBe(none.text);
  });
});

describe('lists', () => {
  beforeAll(async () => {
    for (let i = 0; i < 25; i++) {
      const startedAt = new Date(Date.UTC(2026, 0, 1, 0, 0, Math.floor(i / 2))).toISOString(); // two at a time
      await scene.record.facts(`many-${i}`, [
        started('many', { startedAt }),
        { type: 'params.logged', data: { params: [{ key: `p${i}`, value: i }] } },
      ]);
    }
    const params = Array.from({ length: 25 }, (_, i) => ({ key: `k${String(i).padStart(2, '0')}`, value: i }));
    await scene.record.facts('listed', [{ type: 'params.logged', data: { params } }]);
    await scene.record.projectMetadata();
  });

  async function pages(path: string, kind: string): Promise<unknown[][]> {
    const found: unknown[][] = [];
    let token: string | null = '';
    while (token !== null && found.length < 50) {
      const more = token === '' ? '' : `&page_token=${encodeURIComponent(token)}`;
      const body = (await read(scene, `${path}${more}`)).body as Record<string, unknown>;
      found.push(body[kind] as unknown[]);
      token = body['nextPageToken'] as string | null;
    }
    return found;
  }

  it('are paged by key, each row once, newest first', async () => {
    const found = (await pages('experiments/many/runs?limit=4', 'runs')) as Array<
      Array<{ run: string; startedAt: string }>
    >;
    const rows = found.flat();
    expect(found.map((page) => page.length)).toEqual([4, 4, 4, 4, 4, 4, 1]);
    expect(new Set(rows.map(({ run }) => run)).size).toBe(25);
    expect(rows.map((row) => row.startedAt)).toEqual(
      rows
        .map((row) => row.startedAt)
        .sort()
        .reverse(),
    );
    expect(rows).toEqual((await pages('runs?experiment=many&limit=1000', 'runs')).flat());
  });

  it('stay as they are while new runs come', async () => {
    const first = runsAnswer.parse((await read(scene, 'runs?experiment=many&limit=10')).body);
    await scene.record.facts('many-new', [started('many', { startedAt: '2026-02-01T00:00:00.000Z' })]);
    await scene.record.projectMetadata();
    const next = await read(scene, `runs?experiment=many&limit=100&page_token=${first.nextPageToken}`);
    const runs = [...first.runs, ...runsAnswer.parse(next.body).runs].map(({ run }) => run);
    expect(runs.filter((run) => run !== 'many-new')).toHaveLength(25);
    expect(runs).not.toContain('many-new');
  });

  it('are paged by name within a run', async () => {
    const found = (await pages('runs/listed/params?limit=10', 'params')) as Array<
      Array<{ key: string; value: number }>
    >;
    expect(found.map((page) => page.length)).toEqual([10, 10, 5]);
    expect(found.flat().map(({ value }) => value)).toEqual(Array.from({ length: 25 }, (_, i) => i));
  });

  it('take no token of another list or workspace', async () => {
    const { nextPageToken } = runsAnswer.parse((await read(scene, 'runs?experiment=many&limit=1')).body);
    for (const path of ['runs?', 'runs/listed/params?', 'experiments?'])
      expect(refusalOf(await read(scene, `${path}page_token=${nextPageToken}`))).toEqual([400, 'READS_BAD_PAGE_TOKEN']);
    const foreign = await read(scene, `runs?experiment=many&page_token=${nextPageToken}`, scene.keys.other);
    expect(refusalOf(foreign)).toEqual([400, 'READS_BAD_PAGE_TOKEN']);
  });

  it.each([
    'limit=0',
    'limit=1001',
    'limit=-1',
    'limit=1e3',
    'limit=',
    'strong=yes',
    'wait=30001',
    'wait=-1',
    'colour=red',
  ])('refuse %s', async (query) =>
    expect(refusalOf(await read(scene, `runs?${query}`))).toEqual([400, 'HTTP_BAD_INPUT']),
  );

  it('show projects of the caller only, newest first, page by page', async () => {
    const project = (id: string, name: string) => ({ project: id, name, description: `about ${name}` });
    await scene.record.decision('project/p1', 'project.created', project('p1', 'One'));
    await scene.record.decision('project/q1', 'project.created', project('q1', 'Foreign'), { workspace: 'other' });
    await scene.record.decision('project/p2', 'project.created', project('p2', 'Two'));
    await scene.record.decision('project/p1', 'project.renamed', { project: 'p1', from: 'One', to: 'First' });
    await scene.record.projectMetadata();
    const first = projectsAnswer.parse((await read(scene, 'projects?limit=1')).body);
    const next = projectsAnswer.parse((await read(scene, `projects?limit=1&page_token=${first.nextPageToken}`)).body);
    expect([...first.projects, ...next.projects].map(({ name }) => name)).toEqual(['Two', 'First']);
    expect(next.nextPageToken).toBeNull();
    expect((await read(scene, 'projects/p1')).body).toMatchObject({ name: 'First', description: 'about One' });
    expect(refusalOf(await read(scene, 'projects/q1'))).toEqual([404, 'QUERY_NO_PROJECT']);
  });

  it('show experiments of the caller only', async () => {
    const data = (experiment: string, name: string) => ({ experiment, name, project: 'default', tags: [] });
    await scene.record.decision('experiment/x1', 'experiment.created', data('x1', 'Digits'));
    await scene.record.decision('experiment/y1', 'experiment.created', data('y1', 'Foreign'), { workspace: 'other' });
    await scene.record.decision('experiment/x2', 'experiment.created', data('x2', 'Letters'));
    await scene.record.decision('experiment/x1', 'experiment.renamed', {
      experiment: 'x1',
      from: 'Digits',
      to: 'Numbers',
    });
    await scene.record.projectMetadata();
    const list = async (query: string) =>
      experimentsAnswer.parse((await read(scene, `experiments${query}`)).body).experiments.map(({ name }) => name);
    expect(await list('')).toEqual(['Letters', 'Numbers']);
    expect(await list('?name=Numbers')).toEqual(['Numbers']);
    expect(await list('?name=Digits')).toEqual([]);
    expect(await list('?project=nothing')).toEqual([]);
    expect((await read(scene, 'experiments/x1')).body).toMatchObject({ experiment: 'x1', name: 'Numbers' });
    expect(refusalOf(await read(scene, 'experiments/y1'))).toEqual([404, 'QUERY_NO_EXPERIMENT']);
    expect((await read(scene, 'experiments/x1/runs')).body).toEqual({ runs: [], nextPageToken: null });
    expect(refusalOf(await read(scene, 'experiments/y1/runs'))).toEqual([404, 'QUERY_NO_EXPERIMENT']);
  });
});

describe('series', () => {
  const big = 2n ** 62n;
  const loss = [
    { step: -big, value: Number.NaN, time: 1 },
    { step: -1, value: -0, time: 2 },
    { step: 0, value: 0.1, time: 3 },
    { step: 0, value: 1e300, time: 4 },
    { step: 7, value: Number.NEGATIVE_INFINITY, time: 5 },
    { step: big, value: Number.POSITIVE_INFINITY, time: 6 },
  ];
  beforeAll(async () => {
    await scene.record.stored({ run: 's', key: 'loss', points: [...loss].reverse(), writer: 'w1' });
    await scene.record.stored({ run: 's', key: 'acc', points: [{ step: 3, value: 0.5 }] });
    const points = Array.from({ length: 2_500 }, (_, step) => ({
      step,
      value: step === 1_234 ? 1e6 : Math.sin(step / 100),
    }));
    await scene.record.stored({ run: 's', key: 'long', points });
  });

  it('come back exactly, in the order of steps', async () => {
    const { text, body } = await read(scene, 'runs/s/series?key=loss');
    expect(seriesAnswer.parse(body).series).toEqual([
      {
        key: 'loss',
        steps: [String(-big), -1, 0, 0, 7, String(big)],
        times: [1, 2, 3, 4, 5, 6],
        values: ['NaN', -0, 0.1, 1e300, '-Infinity', 'Infinity'],
        writers: ['w1'],
        writer: [0, 0, 0, 0, 0, 0],
      },
    ]);
    expect(text).toContain('"NaN",-0.0,0.1');
  });

  it('are cut to a range of steps', async () => {
    const { body } = await read(scene, 'runs/s/series?key=loss&from=-1&to=0');
    expect(seriesAnswer.parse(body).series[0]?.steps).toEqual([-1, 0, 0]);
    expect(refusalOf(await read(scene, 'runs/s/series?key=loss&from=1&to=0'))).toEqual([400, 'READS_BAD_RANGE']);
    expect((await read(scene, 'runs/s/series?key=loss&from=9223372036854775808')).status).toBe(400);
    expect((await read(scene, 'runs/s/series')).status).toBe(400);
  });

  it('are paged across metrics', async () => {
    const seen: Array<[string, number]> = [];
    let query = 'key=acc&key=long&key=nothing&key=loss&limit=1000';
    for (
      let token: string | null = '';
      token !== null;
      query = query.replace(/&page_token.*|$/, `&page_token=${token}`)
    ) {
      const page = seriesAnswer.parse((await read(scene, `runs/s/series?${query}`)).body);
      seen.push(...page.series.map(({ key, steps }): [string, number] => [key, steps.length]));
      token = page.nextPageToken;
    }
    expect(seen).toEqual([
      ['acc', 1],
      ['long', 999],
      ['long', 1_000],
      ['long', 501],
      ['nothing', 0],
      ['loss', 6],
    ]);
  });

  it('tell the latest value of each metric, by name', async () => {
    const { metrics, nextPageToken } = metricsAnswer.parse((await read(scene, 'runs/s/metrics?limit=2')).body);
    expect(metrics).toMatchObject([
      { key: 'acc', step: 3, value: 0.5, points: 1 },
      { key: 'long', step: 2_499 },
    ]);
    const rest = metricsAnswer.parse((await read(scene, `runs/s/metrics?limit=2&page_token=${nextPageToken}`)).body);
    expect(rest).toMatchObject({
      metrics: [{ key: 'loss', step: String(big), value: 'Infinity', points: 6 }],
      nextPageToken: null,
    });
    const one = metricsAnswer.parse((await read(scene, 'runs/s/metrics?key=loss')).body);
    expect(one.metrics.map(({ key }) => key)).toEqual(['loss']);
  });

  it('keep every spike in buckets, and count what is not finite', async () => {
    const long = (await read(scene, 'runs/s/series/buckets?key=long&buckets=10')).body as {
      series: Array<{ width: number; buckets: Array<{ count: number; max: number }> }>;
    };
    const buckets = long.series[0]?.buckets ?? [];
    expect([long.series[0]?.width, buckets.length, Math.max(...buckets.map((b) => b.max))]).toEqual([256, 10, 1e6]);
    expect(buckets.reduce((sum, b) => sum + b.count, 0)).toBe(2_500);
    const odd = (await read(scene, 'runs/s/series/buckets?key=loss&buckets=1')).body;
    expect(odd).toMatchObject({
      from: String(-big),
      to: String(big),
      series: [
        { key: 'loss', buckets: [{ count: 6, nans: 1, positiveInfs: 1, negativeInfs: 1, min: -0, max: 1e300 }] },
      ],
    });
    expect((await read(scene, 'runs/s/series/buckets?key=none')).body).toMatchObject({
      from: null,
      series: [{ buckets: [] }],
    });
  });
});
