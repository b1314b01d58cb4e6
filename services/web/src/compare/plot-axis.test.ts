import type { FoundRun } from '../runs/run-columns';
import { axisOf, placesWith, placesWithin } from './plot-axis';

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

const axis = { id: 'params.lr', title: 'lr', categories: null, values: [0.1, null, 1, 10], isLog: true };

it('finds the runs within a range, open at either end', () => {
  expect(placesWithin(axis, 0.1, 1)).toEqual([0, 2]);
  expect(placesWithin(axis, 1, null)).toEqual([2, 3]);
  expect(placesWithin(axis, null, 0.5)).toEqual([0]);
  expect(placesWithin(axis, 2, 1)).toEqual([]);
});
