import type { FoundRun } from '../runs/run-columns';
import { axisOf, placesWith } from './plot-axis';

const run = (params: Record<string, unknown>, loss: number | string): FoundRun =>
  ({
    params: Object.entries(params).map(([key, value]) => ({ key, value })),
    tags: [],
    metrics: [{ key: 'loss', value: loss }],
  }) as unknown as FoundRun;
const RUNS = [run({ lr: 0.001, opt: 'sgd' }, 2), run({ lr: '0.5', opt: 'adam' }, 'NaN'), run({}, 1)];

it('takes a column of numbers for one, logarithmic where it spans orders', () => {
  expect(axisOf(RUNS, 'params.lr')).toMatchObject({ values: [0.001, 0.5, null], categories: null, isLog: true });
  expect(axisOf(RUNS, 'metrics.loss')).toMatchObject({ values: [2, null, 1], isLog: false });
});

it('takes anything else for categories', () => {
  expect(axisOf(RUNS, 'params.opt')).toMatchObject({ values: [1, 0, null], categories: ['adam', 'sgd'] });
});

it('knows who has a value everywhere', () => {
  expect(placesWith([axisOf(RUNS, 'params.lr'), axisOf(RUNS, 'metrics.loss')])).toEqual([0]);
  expect(placesWith([])).toEqual([]);
});
