import { smoothed } from './smoothing';

const close = (found: Array<number | null>, expected: Array<number | null>): void => {
  expect(found.map((v) => v === null)).toEqual(expected.map((v) => v === null));
  for (const [i, v] of found.entries()) if (v !== null) expect(v).toBeCloseTo(expected[i] as number, 12);
};

describe('an exponential average', () => {
  it('is the mean of all values before, weighted by powers of w', () => {
    const values = [4, 8, 2, 6];
    const w = 0.5;
    const expected = values.map((_, n) => {
      const weights = values.slice(0, n + 1).map((_v, i) => w ** (n - i));
      const total = weights.reduce((a, b) => a + b, 0);
      return values.slice(0, n + 1).reduce((sum, v, i) => sum + (v * (weights[i] as number)) / total, 0);
    });
    close(smoothed(values, [0, 1, 2, 3], { method: 'ema', weight: w }), expected);
    // At even distances the weighting by distance changes nothing.
    close(smoothed(values, [0, 10, 20, 30], { method: 'time-weighted-ema', weight: w }), expected);
  });

  it('leaves out what is not finite, and is the values themselves at weight 0', () => {
    const values = [1, null, Number.NaN, Infinity, 3];
    for (const method of ['ema', 'time-weighted-ema'] as const)
      close(smoothed(values, [0, 1, 2, 3, 4], { method, weight: 0 }), [1, null, null, null, 3]);
  });

  it('forgets by distance on the axis', () => {
    const [, , far] = smoothed([0, 0, 1], [0, 1, 100], { method: 'time-weighted-ema', weight: 0.5 });
    const [, , near] = smoothed([0, 0, 1], [0, 99, 100], { method: 'time-weighted-ema', weight: 0.5 });
    expect(far).toBeGreaterThan(near as number);
  });

  it('takes points at one place as equal in weight', () => {
    close(smoothed([1, 3], [5, 5], { method: 'time-weighted-ema', weight: 0.5 }), [1, 2]);
  });
});

describe('a running average', () => {
  const mean = (values: number[], window: number) => smoothed(values, [], { method: 'running-average', window });

  it('is the mean of the last values, also where there are few yet', () => {
    const values = Array.from({ length: 50 }, (_, i) => (i * 7919) % 31);
    for (const window of [1, 2, 7, 49, 50, 100])
      close(
        mean(values, window),
        values.map((_, i) => {
          const last = values.slice(Math.max(0, i + 1 - window), i + 1);
          return last.reduce((a, b) => a + b, 0) / last.length;
        }),
      );
  });

  it('keeps nothing of a spike that has left the window', () => {
    expect(mean([1, 1e300, 3, 4, 5], 2).slice(-2)).toEqual([3.5, 4.5]);
  });
});
