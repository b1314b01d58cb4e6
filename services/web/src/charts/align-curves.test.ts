import { abovePlaceZero, alignCurves, alignGroups, sectionsOf } from './align-curves';

it('puts points and buckets on one axis, with what is not finite beside them', () => {
  const aligned = alignCurves([
    {
      kind: 'points',
      run: 'a',
      key: 'k',
      points: 3,
      x: [1, 2, 4],
      steps: [1, 2, 4],
      times: [1, 2, 4],
      values: [0.5, 'NaN', 0.7],
    },
    {
      kind: 'buckets',
      run: 'b',
      key: 'k',
      points: 20,
      x: [0, '4'],
      min: [1, null],
      max: [3, null],
      avg: [2, null],
      nans: [0, 0],
      positiveInfs: [0, 2],
      negativeInfs: [0, 0],
    },
  ]);
  expect(aligned.x).toEqual([0, 1, 2, 4]);
  const [a, b] = aligned.curves;
  expect(a?.line).toEqual([undefined, 0.5, null, 0.7]);
  expect(a?.odd).toEqual([{ at: 2, what: 'NaN' }]);
  expect([b?.line, b?.low, b?.high]).toEqual([
    [2, undefined, undefined, null],
    [1, undefined, undefined, null],
    [3, undefined, undefined, null],
  ]);
  expect(b?.odd).toEqual([{ at: 4, what: '+Inf' }]);
});

it('sorts names into sections', () => {
  expect(sectionsOf(['system/cpu', 'train/loss', 'lr', 'train/acc', 'val/loss'])).toEqual([
    { prefix: '', names: ['lr'] },
    { prefix: 'train', names: ['train/acc', 'train/loss'] },
    { prefix: 'val', names: ['val/loss'] },
    { prefix: 'system', names: ['system/cpu'] },
  ]);
});

it('draws a group as its mean, a standard deviation to both sides', () => {
  const group = { value: 'adam', key: 'k', runs: ['a', 'b'], x: ['1', '2'], count: [2, 2], quantiles: [] };
  const { x, curves } = alignGroups([{ ...group, mean: [3, 4], min: [1, 2], max: [5, 6], std: [0.5, 1] }]);
  expect(x).toEqual([1, 2]);
  expect(curves[0]).toMatchObject({ run: 'adam', line: [3, 4], low: [2.5, 3], high: [3.5, 5], odd: [] });
});

it('leaves out what a logarithmic axis cannot show', () => {
  const odd = [
    { at: 0, what: 'NaN' },
    { at: 2, what: 'NaN' },
  ] as const;
  const curve = { run: 'a', key: 'k', line: [1, 2, 3], low: [0, 1, 2], high: [2, 3, 4], odd };
  expect(abovePlaceZero({ x: [-1, 0, 2], curves: [curve] })).toEqual({
    x: [2],
    curves: [{ run: 'a', key: 'k', line: [3], low: [2], high: [4], odd: [{ at: 2, what: 'NaN' }] }],
  });
  expect(abovePlaceZero({ x: [-1, 0], curves: [] })).toEqual({ x: [], curves: [] });
});
