import { chooseSteps } from './choose-steps';

const upTo = (n: number, from = 0): bigint[] => Array.from({ length: n }, (_, i) => BigInt(from + i));

it('takes all steps where they are few', () => {
  expect(
    chooseSteps(
      [
        [1n, 5n],
        [2n, 5n],
      ],
      10,
    ),
  ).toEqual(new Set([1n, 2n, 5n]));
  expect(chooseSteps([], 10)).toEqual(new Set());
});

it('spreads what it takes, and keeps the ends of every curve', () => {
  const steps = chooseSteps([upTo(1_000), upTo(10, 333)], 11);
  for (const end of [0n, 999n, 333n, 342n]) expect(steps).toContain(end);
  expect(steps.size).toBeLessThanOrEqual(13);
  const sorted = [...chooseSteps([upTo(1_000)], 11)].sort((a, b) => Number(a - b));
  const gaps = sorted.slice(1).map((step, i) => Number(step - (sorted[i] ?? 0n)));
  expect(Math.max(...gaps) - Math.min(...gaps)).toBeLessThanOrEqual(1);
});

it('keeps the ends where only one is wanted', () => {
  expect(chooseSteps([upTo(100)], 1)).toEqual(new Set([0n, 99n]));
});
