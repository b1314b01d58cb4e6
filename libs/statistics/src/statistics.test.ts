import { type Feature, permutationImportance } from './forest-importance';
import { averageRanks, spearman } from './spearman';

describe('rank correlation', () => {
  it('shares ranks among equal values', () => {
    expect(averageRanks([10, 20, 10, 30])).toEqual([1.5, 3, 1.5, 4]);
  });

  it('is the textbook value (Spearman 1904 form, without ties 1 - 6 Σd² / n(n² - 1))', () => {
    const iq = [106, 100, 86, 101, 99, 103, 97, 113, 112, 110];
    const hours = [7, 27, 2, 50, 28, 29, 20, 12, 6, 17];
    expect(spearman(iq, hours)).toBeCloseTo(-29 / 165, 12);
  });

  it('sees any rising curve as 1 and any falling one as -1, and does not look at what is absent', () => {
    const xs = [1, 2, 3, Number.NaN, 5, 6];
    expect(spearman(xs, [1, 4, 9, 0, 25, 36])).toBeCloseTo(1, 12);
    expect(spearman(xs, [3, 2, 1, 9, 0, Number.NaN])).toBeCloseTo(-1, 12);
  });

  it('is unknown of less than three pairs, and where nothing changes', () => {
    expect(spearman([1, 2], [1, 2])).toBeNull();
    expect(spearman([1, 1, 1], [1, 2, 3])).toBeNull();
  });
});

describe('importance', () => {
  /** Numbers from 0 up to and without 1, the same for ever. */
  const drawn = (seed: number, n: number): number[] => {
    let state = seed;
    return Array.from({ length: n }, () => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return state / 2 ** 32;
    });
  };
  const N = 200;
  const [a, b, c, noise] = [drawn(2, N), drawn(3, N), drawn(5, N), drawn(7, N)] as [
    number[],
    number[],
    number[],
    number[],
  ];
  const opt = c.map((x) => Math.floor(x * 4));
  const number = (values: readonly number[]): Feature => ({ kind: 'number', values });
  const at = (list: readonly number[], i: number): number => list[i] as number;

  it('orders params by what they do to the metric, whether in a line, a curve or by category', async () => {
    const target = a.map((x, i) => 10 * (x - 0.5) ** 2 * 4 + (at(opt, i) === 2 ? 4 : 0) + 0.5 * at(b, i));
    const found = await permutationImportance(
      [number(a), number(b), { kind: 'category', values: opt }, number(noise)],
      target,
    );
    const [curve, line, category, none] = found as [number, number, number, number];
    expect(curve).toBeGreaterThan(category);
    expect(category).toBeGreaterThan(line);
    expect(category).toBeGreaterThan(0.2);
    expect(Math.abs(none)).toBeLessThan(0.05);
    // No rank correlation tells of the curve.
    expect(Math.abs(spearman(a, target) ?? 1)).toBeLessThan(0.2);
  });

  it('finds nothing in noise, and the same each time', async () => {
    const features = [number(a), number(b)];
    const found = await permutationImportance(features, noise);
    for (const one of found) expect(Math.abs(one)).toBeLessThan(0.15);
    expect(await permutationImportance(features, noise)).toEqual(found);
  });

  it('takes a missing number for one of its own, and a metric that never changes for no question', async () => {
    const holes = a.map((x, i) => (i % 2 === 0 ? Number.NaN : x));
    const target = holes.map((x) => (Number.isNaN(x) ? 5 : 0));
    const [found = 0, other = 1] = await permutationImportance([number(holes), number(b)], target);
    expect(found).toBeGreaterThan(0.5);
    expect(Math.abs(other)).toBeLessThan(0.2);
    expect(
      await permutationImportance(
        [number(a)],
        a.map(() => 1),
      ),
    ).toEqual([]);
  });
});
