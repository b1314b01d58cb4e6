import fc from 'fast-check';
import { type Feature, permutationImportance } from './forest-importance';
import { type Growing, growTree, type Node, predict } from './regression-tree';
import { spearman } from './spearman';

/** Few different values, so that many are equal, and some that are absent. */
const holed = fc.oneof(
  { weight: 9, arbitrary: fc.integer({ min: -4, max: 4 }) },
  { weight: 1, arbitrary: fc.constant(Number.NaN) },
);

describe('rank correlation', () => {
  /** By counting, as the definition says. */
  const rankOf = (value: number, among: readonly number[]): number =>
    1 + among.filter((one) => one < value).length + (among.filter((one) => one === value).length - 1) / 2;
  const mean = (values: readonly number[]): number => values.reduce((sum, one) => sum + one, 0) / values.length;
  function plain(xs: readonly number[], ys: readonly number[]): number | null {
    const both = xs.flatMap((x, i) => (Number.isNaN(x + (ys[i] as number)) ? [] : [i]));
    const of = (all: readonly number[]): number[] => {
      const values = both.map((i) => all[i] as number);
      return values.map((value) => rankOf(value, values));
    };
    const [a, b] = [of(xs), of(ys)];
    const away = (values: readonly number[]): number[] => values.map((one) => one - mean(values));
    const product = (one: readonly number[], other: readonly number[]): number =>
      one.reduce((sum, value, i) => sum + value * (other[i] as number), 0);
    const spread = Math.sqrt(product(away(a), away(a)) * product(away(b), away(b)));
    return both.length < 3 || spread === 0 ? null : product(away(a), away(b)) / spread;
  }

  it('is what counting gives, with equal values and absent ones', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(holed, holed), { maxLength: 30 }), (pairs) => {
        const [xs, ys] = [pairs.map(([x]) => x), pairs.map(([, y]) => y)];
        const [found, wanted] = [spearman(xs, ys), plain(xs, ys)];
        if (wanted === null) expect(found).toBeNull();
        else expect(found).toBeCloseTo(wanted, 10);
      }),
      { numRuns: 300 },
    );
  });
});

type Data = Readonly<{ features: Feature[]; target: number[] }>;
const column = (rows: number): fc.Arbitrary<Feature> =>
  fc.oneof(
    fc.array(holed, { minLength: rows, maxLength: rows }).map((values): Feature => ({ kind: 'number', values })),
    fc
      .array(fc.integer({ min: -1, max: 3 }), { minLength: rows, maxLength: rows })
      .map((values): Feature => ({ kind: 'category', values })),
  );
const data = (most: number): fc.Arbitrary<Data> =>
  fc.integer({ min: 2, max: most }).chain((rows) =>
    fc.record({
      features: fc.array(column(rows), { minLength: 1, maxLength: 3 }),
      target: fc.array(fc.integer({ min: -9, max: 9 }), { minLength: rows, maxLength: rows }),
    }),
  );

describe('a regression tree', () => {
  /** Sum of the squared distances from the mean. */
  function error(rows: readonly number[], target: readonly number[]): number {
    const values = rows.map((row) => target[row] as number);
    const middle = values.reduce((sum, one) => sum + one, 0) / values.length;
    return values.reduce((sum, one) => sum + (one - middle) ** 2, 0);
  }
  /** Every way to part the rows by one feature: each number as a border, each set of categories. */
  function* partings({ kind, values }: Feature, rows: readonly number[]): Generator<(row: number) => boolean> {
    const there = [...new Set(rows.map((row) => values[row] as number))];
    if (kind === 'number')
      for (const most of there) yield (row) => Number.isNaN(values[row]) || (values[row] as number) <= most;
    else
      for (let set = 0; set < 2 ** there.length; set++)
        yield (row) => (set & (1 << there.indexOf(values[row] as number))) !== 0;
    if (kind === 'number') yield (row) => Number.isNaN(values[row]);
  }
  function leastError(rows: readonly number[], { features, target }: Data): number {
    let least = error(rows, target);
    for (const feature of features)
      for (const isLeft of partings(feature, rows)) {
        const [left, right] = [rows.filter(isLeft), rows.filter((row) => !isLeft(row))];
        if (left.length > 0 && right.length > 0) least = Math.min(least, error(left, target) + error(right, target));
      }
    return least;
  }
  const goingLeft = (node: Node, rows: readonly number[], { features }: Data): [number[], number[]] => {
    if (!('feature' in node)) return [[], []];
    const marked: Node = { ...node, left: { mean: 0 }, right: { mean: 1 } };
    const side = (row: number): number => predict(marked, (feature) => features[feature]?.values[row] as number);
    return [rows.filter((row) => side(row) === 0), rows.filter((row) => side(row) === 1)];
  };
  /** What every node must be: a leaf with the mean where nothing can be gained, else the best of all partings. */
  function check(node: Node, rows: readonly number[], drawn: Data, depth: number): void {
    const { target } = drawn;
    const least = leastError(rows, drawn);
    if (!('feature' in node)) {
      expect(node.mean).toBeCloseTo(rows.reduce((sum, row) => sum + (target[row] as number), 0) / rows.length, 9);
      if (depth < 3 && rows.length > 1) expect(least).toBeCloseTo(error(rows, target), 6);
      return;
    }
    const [left, right] = goingLeft(node, rows, drawn);
    expect(error(left, target) + error(right, target)).toBeCloseTo(least, 6);
    check(node.left, left, drawn, depth + 1);
    check(node.right, right, drawn, depth + 1);
  }

  it('parts rows at each node as the best of all ways to part them', () => {
    fc.assert(
      fc.property(data(12), (drawn) => {
        const growing: Growing = { ...drawn, random: () => 0, tried: drawn.features.length, maxDepth: 3, minLeaf: 1 };
        const rows = drawn.target.map((_, row) => row);
        check(growTree(rows, growing), rows, drawn, 0);
      }),
      { numRuns: 200 },
    );
  });
});

describe('importance in a forest', () => {
  it('does not change with what a tree cannot see: other numbers in the same order, other names, another unit of the metric', async () => {
    await fc.assert(
      fc.asyncProperty(data(40), async ({ features, target }) => {
        const found = await permutationImportance(features, target);
        const seenElse = features.map(({ kind, values }): Feature => {
          const other = kind === 'number' ? (x: number) => x ** 3 + 7 * x - 100 : (x: number) => (x < 0 ? x : 3 - x);
          return { kind, values: values.map(other) };
        });
        const named = await permutationImportance(seenElse, target);
        const scaled = await permutationImportance(
          features,
          target.map((y) => 4 * y),
        );
        expect([named.length, scaled.length]).toEqual([found.length, found.length]);
        for (const [i, one] of found.entries()) {
          if (features.every(({ kind }) => kind === 'number')) expect(named[i]).toBeCloseTo(one, 9);
          expect(scaled[i]).toBeCloseTo(one, 9);
        }
      }),
      { numRuns: 20 },
    );
  });

  it('is nothing for a param that no tree can use', async () => {
    await fc.assert(
      fc.asyncProperty(data(40), async ({ features, target }) => {
        const still: Feature = { kind: 'number', values: target.map(() => 1) };
        expect((await permutationImportance([...features, still], target)).at(-1) ?? 0).toBe(0);
      }),
      { numRuns: 10 },
    );
  });
});
