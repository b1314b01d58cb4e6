import fc from 'fast-check';
import type { CurveAxis } from './curve-axis';
import { type CurveGrid, layGrid, wholeEnds } from './curve-grid';
import type { CurvePair } from './curve-lines';
import { createCurveReads } from './curve-reads';
import type { CurveBuckets } from './curve-rows';
import { type CurveState, stepsOf } from './curve-state';
import type { ClickHouse } from './engine';
import { METRIC_POINT, type PointColumns, pointBlock } from './metric-point';
import { migrateClickHouse } from './migrate';
import { createRoller, FINEST, LONG_SERIES, MIDDLE, wholeSeries } from './rollup';

type Given = CurvePair & { step: bigint; time: bigint; value: number };

const PARTITION = 3;
const halves = (numbers: bigint[]): Int32Array => new Int32Array(BigInt64Array.from(numbers).buffer);

function columns(offset: number, given: readonly Given[]): PointColumns {
  const rows = given.length;
  return {
    rows,
    series: Uint32Array.from(given, (g) => g.series),
    key: Uint32Array.from(given, (g) => g.key),
    step: halves(given.map((g) => g.step)),
    time: halves(given.map((g) => g.time)),
    value: Float64Array.from(given, (g) => g.value),
    writer: new Uint32Array(rows).fill(1),
    lp: new Uint16Array(rows).fill(PARTITION),
    ver: halves(given.map((_, i) => BigInt.asIntN(64, ~((BigInt(offset) << 20n) | BigInt(i))))),
  };
}

/** What a projection knows of the curves that have points. Short ones pass for long: rows may be more than points. */
function statesOf(
  given: readonly Given[],
  pairs: readonly CurvePair[],
  at: Pick<CurveState, 'endOffset' | 'rolledTo'>,
) {
  return pairs.flatMap((pair): CurveState[] => {
    const steps = given.filter((g) => g.series === pair.series && g.key === pair.key).map((g) => g.step);
    if (steps.length === 0) return [];
    const [from, to] = [steps.reduce((a, b) => (b < a ? b : a)), steps.reduce((a, b) => (b > a ? b : a))];
    return [{ ...pair, from, to, points: steps.length + LONG_SERIES, ...at }];
  });
}

/** A point with its place on the axis; the given ones come in the order of arrival. */
type Placed = Given & { x: bigint | number; arrival: number };
const compare = <T extends bigint | number>(a: T, b: T): number => (a < b ? -1 : a > b ? 1 : 0);
const inOrder = (a: Placed, b: Placed): number =>
  compare(a.x, b.x) || compare(a.step, b.step) || compare(a.time, b.time) || a.arrival - b.arrival;

/** Each point once, the first arrival, with its place; in the order of the axis. */
function placed(given: readonly Given[], pair: CurvePair, axis: CurveAxis): Placed[] {
  const seen = new Set<string>();
  const unique = given.flatMap((g, arrival) => {
    const name = `${g.series}/${g.key}/${g.step}/${g.time}/${Object.is(g.value, -0) ? '-0' : g.value}`;
    if (seen.has(name)) return [];
    seen.add(name);
    return [{ ...g, arrival }];
  });
  const xs = unique.filter(
    (g) => axis.kind === 'metric' && g.series === pair.series && g.key === axis.key && Number.isFinite(g.value),
  );
  const xAt = (step: bigint): number | undefined =>
    xs
      .filter((g) => g.step <= step)
      .sort((a, b) => compare(a.step, b.step) || compare(a.time, b.time) || a.arrival - b.arrival)
      .at(-1)?.value;
  return unique
    .filter((g) => g.series === pair.series && g.key === pair.key)
    .flatMap((g): Placed[] => {
      if (axis.kind === 'step') return [{ ...g, x: g.step }];
      if (axis.kind === 'time') return [{ ...g, x: g.time - (axis.bases?.get(g.series) ?? 0n) }];
      const x = xAt(g.step);
      return x === undefined ? [] : [{ ...g, x }];
    })
    .sort(inOrder);
}

const placeIn = (grid: CurveGrid, x: bigint | number): number =>
  grid.exact
    ? Number(((x as bigint) - grid.origin) / grid.width)
    : Math.min(Math.floor(((x as number) - grid.origin) / grid.width), grid.last);

/** The definition of a curve's buckets, point by point. */
function naive(points: readonly Placed[], grid: CurveGrid): Omit<CurveBuckets, 'series' | 'key'> {
  const groups = new Map<number, number[]>();
  for (const p of points) {
    if (p.x < grid.from || p.x > grid.to) continue;
    const at = placeIn(grid, p.x);
    groups.set(at, [...(groups.get(at) ?? []), p.value]);
  }
  const rows = [...groups].sort(([a], [b]) => a - b);
  const finite = rows.map(([, values]) => values.filter(Number.isFinite));
  const of = (pick: (values: number[]) => number | undefined) =>
    finite.map((values) => (values.length === 0 ? null : (pick(values) as number)));
  const counts = (is: (value: number) => boolean) => rows.map(([, values]) => values.filter(is).length);
  return {
    at: rows.map(([at]) => at),
    count: counts(() => true),
    nans: counts(Number.isNaN),
    positiveInfs: counts((v) => v === Infinity),
    negativeInfs: counts((v) => v === -Infinity),
    min: of((values) => Math.min(...values)),
    max: of((values) => Math.max(...values)),
    avg: of((values) => values.reduce((sum, v) => sum + v, 0) / values.length),
    first: of((values) => values[0]),
    last: of((values) => values.at(-1)),
  };
}

/** Sums are added in another order by the engine, and the least of 0 and -0 is either. */
const rounded = (curve: object): unknown =>
  JSON.parse(
    JSON.stringify(curve, (_name, v: unknown) => (typeof v === 'number' ? Number((v + 0).toPrecision(9)) : v)),
  );

const value = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: -1_000_000, max: 1_000_000 }).map((n) => n / 64) },
  { weight: 1, arbitrary: fc.constantFrom(Number.NaN, Infinity, -Infinity, 0, -0) },
);
const point = fc.record({
  series: fc.integer({ min: 1, max: 3 }),
  key: fc.integer({ min: 1, max: 2 }),
  step: fc.bigInt({ min: -40n, max: 3_000n }),
  time: fc.bigInt({ min: -50n, max: 900n }),
  value,
});

/** What both engines answer of many curves at a time. */
export function curveReadsContract(
  name: string,
  open: () => Promise<{ clickhouse: ClickHouse; close: () => Promise<void> }>,
): void {
  describe(`curves on ${name}`, () => {
    let clickhouse: ClickHouse;
    let close: () => Promise<void>;
    let offset = 1;
    let nextSeries = 0;
    const insert = async (given: readonly Given[]): Promise<number> => {
      await clickhouse.insertPart(METRIC_POINT, pointBlock(columns(offset, given)), {
        queryId: `curve-${offset}`,
        unless: 'select 1 where 0',
      });
      return offset++;
    };

    beforeAll(async () => {
      ({ clickhouse, close } = await open());
      await migrateClickHouse(clickhouse, { fsync: false });
      await clickhouse.command(`system stop merges ${METRIC_POINT}`);
    });
    afterAll(() => close());

    it('are what their definition says, on every axis, rolled or not, whole or zoomed', async () => {
      const reads = createCurveReads(clickhouse);
      const readsWithoutMemory = createCurveReads(clickhouse, { inMemory: 0 });
      const roller = createRoller(clickhouse);
      await fc.assert(
        fc.asyncProperty(
          fc.tuple(fc.array(point, { minLength: 1, maxLength: 80 }), fc.array(point, { maxLength: 10 })),
          fc.integer({ min: 1, max: 12 }),
          fc.tuple(fc.boolean(), fc.boolean(), fc.boolean()),
          fc.tuple(fc.bigInt({ min: -50n, max: 3_000n }), fc.bigInt({ min: 0n, max: 2_500n })),
          async ([early, late], buckets, [zoomed, whole, dense], [zoomFrom, zoomBy]) => {
            nextSeries += 10;
            const moved = (given: Given[]): Given[] => given.map((g) => ({ ...g, series: g.series + nextSeries }));
            const [before, after] = [moved(early), moved(late)];
            const rolledTo = (await insert(before)) + 1;
            // One of the three runs is rolled; what comes after is not.
            await roller.roll(
              [1, 2].map((key) => ({ ...wholeSeries({ series: nextSeries + 1, key }), dense })),
              rolledTo,
            );
            const endOffset = after.length > 0 ? (await insert(after)) + 1 : rolledTo;
            await insert(before); // stored twice, counted once
            const pairs = [1, 2, 3].flatMap((s) => [1, 2].map((key) => ({ series: nextSeries + s, key })));
            const bases = new Map(pairs.map(({ series }) => [series, BigInt(series) * 7n]));
            const axes: CurveAxis[] = [
              { kind: 'step' },
              { kind: 'time' },
              { kind: 'time', bases },
              { kind: 'metric', key: 1 },
            ];
            for (const axis of axes) {
              const asked =
                axis.kind === 'metric' ? { from: -9_000, to: 9_000.5 } : { from: zoomFrom, to: zoomFrom + zoomBy };
              const range = zoomed ? asked : undefined;
              const given = [...before, ...after];
              const curves = statesOf(given, pairs, { endOffset, rolledTo });
              const found =
                axis.kind === 'step' ? { range: stepsOf(curves), points: 0 } : await reads.extents(pairs, { axis });
              const all = pairs.map((pair) => placed(given, pair, axis));
              const xs = all.flat().map((p) => p.x);
              if (xs.length > 0)
                expect([axis.kind, found.range]).toEqual([
                  axis.kind,
                  { from: xs.reduce((a, b) => (b < a ? b : a)), to: xs.reduce((a, b) => (b > a ? b : a)) },
                ]);
              const shown = range ?? found.range;
              if (shown === null) continue;
              const laid = layGrid(axis.kind, shown, buckets);
              const grid = whole ? wholeEnds(laid) : laid;
              const expected = pairs
                .map((pair, i) => ({ ...pair, ...naive(all[i] ?? [], grid) }))
                .filter((curve) => curve.at.length > 0);
              for (const some of [reads, readsWithoutMemory])
                for (let again = 0; again < 2; again++)
                  expect([axis.kind, rounded(await some.buckets({ axis, grid, curves }))]).toEqual([
                    axis.kind,
                    rounded(expected),
                  ]);
              const points = await reads.points(pairs, { axis, range: grid });
              expect(points.map((p) => [p.series, p.key, p.x, p.steps, p.times, p.values])).toEqual(
                pairs.flatMap((pair, i) => {
                  const own = (all[i] ?? []).filter((p) => p.x >= grid.from && p.x <= grid.to);
                  if (own.length === 0) return [];
                  const column = <K extends keyof Placed>(of: K) => own.map((p) => p[of]);
                  return [[pair.series, pair.key, column('x'), column('step'), column('time'), column('value')]];
                }),
              );
            }
          },
        ),
        { numRuns: 12, endOnFailure: true },
      );
    });

    it('of a series that is rolled are read from its points where they came since, and from memory again later', async () => {
      nextSeries += 10;
      const pair = { series: nextSeries, key: 1 };
      const point = (i: number) => ({ ...pair, step: BigInt(i + 7), time: 0n, value: i });
      const given = Array.from({ length: 3_000 }, (_, i) => point(i));
      const roller = createRoller(clickhouse);
      const reads = createCurveReads(clickhouse);
      const axis = { kind: 'step' } as const;
      let rolledTo = (await insert(given)) + 1;
      await roller.roll([{ ...wholeSeries(pair), dense: true }], rolledTo);
      const check = async (endOffset: number) => {
        const curves = statesOf(given, [pair], { endOffset, rolledTo });
        for (const [buckets, shift] of [
          [4, MIDDLE],
          [20, FINEST],
          [45, FINEST],
        ] as const) {
          const grid = layGrid('step', stepsOf(curves) ?? { from: 0n, to: 0n }, buckets);
          expect(grid).toMatchObject({ shift });
          const [curve] = await reads.buckets({ axis, grid, curves });
          const expected = { ...pair, ...naive(placed(given, pair, axis), grid) };
          expect([buckets, rounded(curve ?? {})]).toEqual([buckets, rounded(expected)]);
        }
      };
      await check(rolledTo);
      const late = [
        { ...point(1_000), value: -5 },
        { ...point(1_500), value: 1e9 },
      ];
      given.push(...late);
      const behind = (await insert(late)) + 1;
      await check(behind);
      await roller.roll([{ ...pair, low: 1_007n, high: 1_507n, dense: true }], behind);
      rolledTo = behind;
      await check(behind);
      await check(behind);
    });

    it('are drawn as groups of runs, with exact statistics over the runs’ averages', async () => {
      nextSeries += 10;
      const series = Array.from({ length: 5 }, (_, i) => nextSeries + i);
      const given = series.flatMap((s, i) =>
        Array.from({ length: 40 }, (_, step) => ({
          series: s,
          key: 1,
          step: BigInt(step),
          time: 0n,
          value: step === 7 ? Number.NaN : step * (i + 1),
        })),
      );
      await insert(given);
      await insert(given);
      const reads = createCurveReads(clickhouse);
      const pairs = series.map((s) => ({ series: s, key: 1 }));
      const axis = { kind: 'step' } as const;
      const curves = statesOf(given, pairs, { endOffset: offset, rolledTo: 0 });
      const grid = layGrid('step', { from: 0n, to: 39n }, 40);
      const members = new Map(series.map((s, i) => [s, i < 4 ? 1 : 2]));
      const groups = await reads.groups({ axis, grid, curves }, members, [0, 0.5, 1]);
      expect(groups.map(({ group, at }) => [group, at.length])).toEqual([
        [1, 39],
        [2, 39],
      ]);
      const at = groups[0]?.at.indexOf(10) ?? -1;
      const pick = groups.map((g) => [g.runs[at], g.mean[at], g.min[at], g.max[at], g.std[at], g.quantiles[at]]);
      expect(rounded(pick)).toEqual(
        rounded([
          [4, 25, 10, 40, Math.sqrt(500 / 3), [10, 25, 40]],
          [1, 50, 50, 50, 0, [50, 50, 50]],
        ]),
      );
    });

    it('are drawn as one group of 10,000 runs, with quantiles as exact as of few', async () => {
      const many = 10_000;
      const first = nextSeries + 10;
      nextSeries = first + many;
      // Each number below 10,000 once, in no order.
      const given = Array.from({ length: many }, (_, i) => ({
        ...{ series: first + i, key: 1, step: 0n, time: 0n },
        value: (i * 7_919) % many,
      }));
      await insert(given);
      const curves = given.map(({ series, key }) => ({
        ...{ series, key, from: 0n, to: 0n, points: 1 },
        ...{ endOffset: offset, rolledTo: 0 },
      }));
      const levels = [0, 0.001, 0.25, 0.5, 0.9, 0.9995, 1];
      const members = new Map(given.map(({ series }) => [series, 1]));
      const grid = layGrid('step', { from: 0n, to: 0n }, 1);
      const groups = await createCurveReads(clickhouse).groups(
        { axis: { kind: 'step' }, grid, curves },
        members,
        levels,
      );
      expect(groups.map(({ runs }) => runs)).toEqual([[many]]);
      expect(rounded(groups[0]?.quantiles[0] ?? [])).toEqual(rounded(levels.map((level) => level * (many - 1))));
    });
  });
}
