import { chooseSteps } from './choose-steps';

const upTo = (n: number): BigInt64Array => BigInt64Array.from({ length: n }, (_, i) => BigInt(i));

it('takes all steps where they are few', () => {
  expect(chooseSteps(BigInt64Array.of(1n, 2n, 5n), [1n, 5n, 2n, 5n], 10)).toEqual([1n, 2n, 5n]);
  expect(chooseSteps(new BigInt64Array(), [], 10)).toEqual([]);
});

it('spreads what it takes, and keeps the ends of every curve', () => {
  const steps = chooseSteps(upTo(1_000), [0n, 999n, 333n, 342n], 11);
  for (const end of [0n, 999n, 333n, 342n]) expect(steps).toContain(end);
  expect(steps.length).toBeLessThanOrEqual(13);
  const alone = chooseSteps(upTo(1_000), [0n, 999n], 11);
  const gaps = alone.slice(1).map((step, i) => Number(step - (alone[i] ?? 0n)));
  expect(Math.max(...gaps) - Math.min(...gaps)).toBeLessThanOrEqual(1);
});

it('keeps the ends where only one is wanted', () => {
  expect(chooseSteps(upTo(100), [0n, 99n], 1)).toEqual([0n, 99n]);
});
