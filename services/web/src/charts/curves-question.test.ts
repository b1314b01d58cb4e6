import { type ChartLook, chartedRuns, curvesQuestion, FIRST_LOOK, namesOf } from './curves-question';

const LOOK: ChartLook = FIRST_LOOK;
const runs = Array.from({ length: 150 }, (_, at) => ({ run: `r${at}`, name: `run ${at}` }));
const asked = { metric: 'loss', runs, look: LOOK, groupBy: null, isLarge: false };

it('asks for as many curves as can be told apart, for groups of all runs', () => {
  expect(chartedRuns(asked)).toHaveLength(100);
  expect(curvesQuestion({ ...asked, groupBy: 'params.opt' }, null)).toMatchObject({
    runs: runs.map(({ run }) => run),
    groupBy: { param: 'opt' },
  });
  expect(curvesQuestion({ ...asked, groupBy: 'tags.team' }, null).groupBy).toEqual({ tag: 'team' });
});

it('asks for whole numbers of steps, and for any of a metric', () => {
  expect(curvesQuestion(asked, { from: 1.5, to: 7.5 })).toMatchObject({ from: 1, to: 8, ends: 'whole' });
  const onMetric = { ...asked, look: { ...LOOK, x: { metric: 'tokens' } } };
  expect(curvesQuestion(onMetric, { from: 1.5, to: 7.5 })).toMatchObject({ from: 1.5, to: 7.5 });
  expect(curvesQuestion(onMetric, null)).not.toHaveProperty('ends');
});

it('asks a large chart for more', () => {
  expect([curvesQuestion(asked, null).buckets, curvesQuestion({ ...asked, isLarge: true }, null).buckets]).toEqual([
    400, 1_000,
  ]);
});

it('smooths as it was chosen', () => {
  const smoothed = (method: ChartLook['smoothing']['method']) =>
    curvesQuestion({ ...asked, look: { ...LOOK, smoothing: { method, strength: 0.5 } } }, null).smoothing;
  expect(smoothed('ema')).toEqual({ method: 'ema', weight: 0.5 });
  expect(smoothed('running-average')).toEqual({ method: 'running-average', window: 100 });
  expect(curvesQuestion(asked, null)).not.toHaveProperty('smoothing');
});

it('calls a rank by its writer, and by its run as well where there are several', () => {
  const curve = { key: 'k', line: [], low: [], high: [], odd: [] };
  const curves = {
    x: [],
    curves: [
      { ...curve, run: 'r0', writer: 'rank 3' },
      { ...curve, run: 'r1', writer: '' },
    ],
  };
  expect(namesOf(curves, runs)).toEqual(['run 0, rank 3', 'run 1, no writer']);
  expect(namesOf(curves, runs.slice(0, 1))[0]).toBe('rank 3');
});
