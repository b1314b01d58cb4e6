import {
  type FoundRun,
  fieldOf,
  keyedColumnsOf,
  metricKeysOf,
  orderOf,
  pickColumns,
  shownColumns,
  valueOf,
  varies,
} from './run-columns';

const run = (id: string, params: Record<string, string | number>, loss: number): FoundRun => ({
  run: id,
  project: 'p',
  experiment: 'e',
  name: null,
  description: null,
  status: 'finished',
  lifecycle: 'active',
  startedAt: '2026-01-01T00:00:00.000Z',
  finishedAt: null,
  message: null,
  parent: null,
  fork: null,
  firstSeenAt: null,
  updatedAt: null,
  params: Object.entries(params).map(([key, value]) => ({ key, value })),
  tags: [],
  metrics: [{ key: 'loss', value: loss, step: 1, time: 1, last: loss, min: loss, max: loss }],
  inputs: [],
});
const runs = [run('a', { lr: 0.1, opt: 'adam' }, 1), run('b', { lr: 0.2, opt: 'adam', extra: 'x' }, 2)];

it('names columns as filters do, whatever a key holds', () => {
  expect(['name', 'duration', 'params.a b', 'metrics.a`b', 'nonsense'].map(fieldOf)).toEqual([
    'run_name',
    null,
    'params.`a b`',
    'metrics.`a``b`',
    null,
  ]);
  expect([orderOf('-metrics.loss'), orderOf('started'), orderOf(''), orderOf('-duration')]).toEqual([
    ['metrics.`loss` DESC'],
    ['start_time ASC'],
    [],
    [],
  ]);
});

it('reads a value of any column', () => {
  const [a] = runs as [FoundRun, FoundRun];
  expect(['params.lr', 'metrics.loss', 'tags.none', 'name', 'status'].map((id) => valueOf(a, id))).toEqual([
    0.1,
    1,
    null,
    'a',
    'finished',
  ]);
});

it('tells what varies, also where only some have it', () => {
  expect(keyedColumnsOf(runs)).toEqual(['params.extra', 'params.lr', 'params.opt']);
  expect(['params.extra', 'params.lr', 'params.opt', 'metrics.loss'].map((id) => varies(runs, id))).toEqual([
    true,
    true,
    false,
    true,
  ]);
});

it('picks what differs and what came out', () => {
  expect(pickColumns(runs, ['loss', 'system/rss'])).toEqual([
    'name',
    'status',
    'metrics.loss',
    'params.extra',
    'params.lr',
    'started',
    'duration',
  ]);
});

it('shows a metric by its extremes, and names them as filters do', () => {
  const found = {
    ...runs[0],
    metrics: [{ key: 'a.b', value: 1, last: 2, min: -1, max: 'Infinity', step: 1, time: 1 }],
  };
  const ids = ['metrics.a.b', 'metrics-last.a.b', 'metrics-min.a.b', 'metrics-max.a.b'];
  expect(ids.map((id) => valueOf(found as FoundRun, id))).toEqual([1, 2, -1, 'Infinity']);
  expect(ids.map(fieldOf).slice(1, 3)).toEqual(['metrics.`a.b`.last', 'metrics.`a.b`.min']);
  expect(metricKeysOf([...ids, 'name', 'params.x'])).toEqual(['a.b']);
});

it('leaves nothing out of what varies', () => {
  const many = Array.from({ length: 9 }, (_, i) => [`p${i}`, i] as const);
  const two = [
    run('a', Object.fromEntries(many), 1),
    run('b', Object.fromEntries(many.map(([k, v]) => [k, v + 1])), 2),
  ];
  expect(shownColumns({ columns: null, varying: true }, two, []).filter((id) => id.startsWith('params.'))).toHaveLength(
    9,
  );
});
