import fc from 'fast-check';
import { regularSteps } from './regular-steps';

const EVERY = { from: -(2n ** 63n), to: 2n ** 63n - 1n };
const curve = (first: bigint, gap: bigint, points: number) => ({
  firstStep: first,
  step: first + gap * BigInt(points - 1),
  points,
  unordered: false,
});
const stepsIn = (found: ReturnType<typeof regularSteps>): bigint[] =>
  Array.from({ length: found?.steps.length ?? 0 }, (_, i) => found?.steps.at(i) as bigint);

it('tells the steps of regular curves, and where each begins and ends, within any bounds', () => {
  const step = fc.bigInt({ min: -50n, max: 150n });
  const shapes = fc.record({
    first: fc.bigInt({ min: -20n, max: 20n }),
    gap: fc.bigInt({ min: 1n, max: 7n }),
    lengths: fc.array(fc.integer({ min: 2, max: 20 }), { minLength: 1, maxLength: 3 }),
  });
  fc.assert(
    fc.property(shapes, step, step, ({ first, gap, lengths }, a, b) => {
      const bounds = a < b ? { from: a, to: b } : { from: b, to: a };
      const within = lengths.map((length) =>
        Array.from({ length }, (_, i) => first + gap * BigInt(i)).filter((at) => at >= bounds.from && at <= bounds.to),
      );
      const found = regularSteps(
        lengths.map((length) => curve(first, gap, length)),
        bounds,
      );
      const all = [...new Set(within.flat())].sort((x, y) => Number(x - y));
      expect(stepsIn(found)).toEqual(all);
      const ends = within.flatMap((own) => [own[0], own.at(-1)]).filter((at) => at !== undefined);
      expect(new Set(found?.ends)).toEqual(new Set(ends));
    }),
  );
});

it('goes on where an int64 is no double', () => {
  const first = 2n ** 62n;
  const found = regularSteps([curve(first, 2n ** 40n, 1_000)], EVERY);
  expect(found?.steps.length).toBe(1_000);
  expect(found?.steps.at(999)).toBe(first + 999n * 2n ** 40n);
  expect(found?.steps.at(1_000)).toBeUndefined();
});

it.each([
  ['nothing', []],
  ['a single point', [curve(3n, 1n, 1)]],
  ['points that do not divide the way', [{ ...curve(0n, 1n, 10), step: 10n }]],
  ['one step only', [{ ...curve(0n, 1n, 10), step: 0n }]],
  ['points that came in another order', [{ ...curve(0n, 1n, 10), unordered: true }]],
  ['curves that begin apart', [curve(0n, 1n, 10), curve(1n, 1n, 10)]],
  ['curves of other strides', [curve(0n, 1n, 10), curve(0n, 2n, 10)]],
])('does not guess at %s', (_, curves) => {
  expect(regularSteps(curves, EVERY)).toBeNull();
});
