import type { FoundRun } from './run-columns';
import { aggregateOf, configColumnsOf, filterOfGroup, groupRuns, sortGroups } from './run-groups';

const run = (id: string, params: Record<string, string | number>, loss?: number | 'NaN'): FoundRun =>
  ({
    run: id,
    params: Object.entries(params).map(([key, value]) => ({ key, value })),
    tags: [],
    metrics: loss === undefined ? [] : [{ key: 'loss', value: loss }],
  }) as unknown as FoundRun;

const RUNS = [
  run('a', { opt: 'adam', seed: 1 }, 1),
  run('b', { opt: 'sgd', seed: 1 }, 5),
  run('c', { opt: 'adam', seed: 2 }, 3),
  run('d', { opt: 'adam', seed: 3 }, 'NaN'),
  run('e', {}),
];
const BY = ['params.opt'];
const groups = groupRuns(RUNS, BY);

it('puts runs with the same values together, and those without one as well', () => {
  expect(groups.map(({ values, runs }) => [values[0], runs.map((one) => one.run)])).toEqual([
    ['adam', ['a', 'c', 'd']],
    ['sgd', ['b']],
    [null, ['e']],
  ]);
});

it('sums up what is finite', () => {
  expect(aggregateOf(groups[0] as never, 'metrics.loss')).toEqual({
    mean: 2,
    std: Math.SQRT2,
    min: 1,
    max: 3,
    runs: 2,
  });
  expect(aggregateOf(groups[2] as never, 'metrics.loss')).toBeNull();
});

it('sorts by count, mean or value, what is missing last', () => {
  const sorted = (sort: string) => sortGroups(groups, BY, sort).map(({ values }) => values[0]);
  expect(sorted('-metrics.loss')).toEqual(['sgd', 'adam', null]);
  expect(sorted('metrics.loss')).toEqual(['adam', 'sgd', null]);
  expect(sorted('-runs')).toEqual(['adam', 'sgd', null]);
  expect(sorted('-params.opt')).toEqual(['sgd', 'adam', null]);
});

it('says a group as a filter', () => {
  const by = ['params.lr', "tags.it's"];
  expect(filterOfGroup('metrics.loss < 1 OR status = "x"', by, { id: '', runs: [], values: [0.1, "it's"] })).toBe(
    "(metrics.loss < 1 OR status = \"x\") AND params.lr = 0.1 AND tags.`it's` = 'it''s'",
  );
  expect(filterOfGroup('', ['params.a b'], { id: '', runs: [], values: [null] })).toBe('params.`a b` IS NULL');
});

it('takes a seed for no part of a config', () => {
  expect(configColumnsOf(['params.lr', 'params.seed', 'tags.team'])).toEqual(['params.lr']);
});
