import { Bindings } from './bindings';
import { type CurveAxis, type OnAxis, pointsOnAxis, seenBefore } from './curve-axis';
import { type BucketSource, bucketRows, leftoverRows, onRollups } from './curve-buckets';
import { BUCKET_COLUMNS, readCurves, readRows } from './curve-columns';
import { readEnds } from './curve-ends';
import { createExtentReads } from './curve-extents';
import type { CurveGrid } from './curve-grid';
import { type CurvePair, pointsOf } from './curve-lines';
import { gatherRolled } from './curve-memory';
import { type CurveBuckets, curveOf } from './curve-rows';
import { type CurveState, nameOf } from './curve-state';
import type { ClickHouse, Settings } from './engine';
import { createRolledMemory, fitsMemory } from './rolled-memory';
import { createRolledPairs, hasMoved, touchedSince } from './rolled-pairs';
import { type RolledGrid, unrolled } from './rolled-stretches';
import { float } from './series-reads';

/** What a chart's buckets are made of. With `cuts`, curves that have moved since are `past`. */
export type BucketQuestion = Readonly<{
  axis: CurveAxis;
  grid: CurveGrid;
  curves: readonly CurveState[];
  cuts?: readonly number[] | undefined;
}>;

/** Points of one curve in columns, by their place on the axis, step, time and arrival. */
export type CurvePoints = CurvePair &
  Readonly<{ x: Array<bigint | number>; steps: bigint[]; times: bigint[]; values: number[] }>;

/** Runs that are drawn as one. */
export type CurveGroups = ReadonlyMap<number, number>;
/** Statistics over the averages that the runs of one group have in a bucket. */
export type GroupBuckets = Readonly<{
  group: number;
  key: number;
  at: number[];
  runs: number[];
  mean: number[];
  min: number[];
  max: number[];
  /** Of the sample: 0 where there is one run only. */
  std: number[];
  quantiles: number[][];
}>;

/** A read of curves ends by itself, and takes no more memory than this. */
const LIMITS: Settings = { max_execution_time: 20, max_memory_usage: 4_000_000_000, max_bytes_before_external_sort: 0 };

/** Rolled curves of one chart that are kept in memory. */
const MOST_IN_MEMORY = 16;

type Json = number | string;
type PointColumns = { series: number; key: number; xs: Json[]; steps: string[]; times: string[]; vals: Json[] };
type GroupColumns = { grp: number; key: number; at: number[]; runs: number[] } & Record<
  'mean' | 'low' | 'high' | 'std',
  Json[]
> & { qs: Json[][] };

/** Columns gathered from rows in their order: a tenth of the bytes of a row each. */
const gathered = (columns: Readonly<Record<string, string>>): string =>
  Object.entries(columns)
    .map(([name, column]) => `groupArray(${column}) as ${name}`)
    .join(', ');

/** Reads of many curves at a time, in buckets or as points. */
export function createCurveReads(clickhouse: ClickHouse, { inMemory = MOST_IN_MEMORY } = {}) {
  const rolledOf = createRolledPairs(clickhouse);
  const rolledBuckets = createRolledMemory(clickhouse);

  const columnsOf = (sql: string, to: Bindings): Promise<Uint8Array> =>
    clickhouse.bytes(`select ${BUCKET_COLUMNS} from (${sql})`, 'Native', to.params, LIMITS);

  async function withTouched(curves: readonly CurveState[]): Promise<BucketSource['rolled']> {
    const moved = curves.filter((curve) => hasMoved(curve, curve.rolledTo));
    const touched = await touchedSince(
      clickhouse,
      moved.map((curve) => ({ ...curve, upTo: curve.rolledTo })),
    );
    return curves.map((pair) => ({ pair, touched: touched.get(nameOf(pair)) ?? null }));
  }

  /** Where the buckets of many curves come from, all of it in the engine. */
  async function sourceOf({ axis, grid, curves, cuts }: BucketQuestion): Promise<BucketSource> {
    const shifted = onRollups(grid);
    if (shifted === null) return { axis, grid, cuts, loose: curves, rolled: [] };
    const rolled = new Set(await rolledOf(curves, shifted.shift));
    const loose = curves.filter((curve) => !rolled.has(curve));
    return { axis, grid, cuts, loose, rolled: await withTouched([...rolled]) };
  }

  /** Few rolled curves, from memory: the engine is asked for the steps at the ends, and for what came since. */
  async function fromMemory(curves: readonly CurveState[], grid: RolledGrid): Promise<CurveBuckets[]> {
    const read = await Promise.all(
      curves.map(async (curve) => ({ curve, rolled: await rolledBuckets(curve, grid.shift) })),
    );
    const moved = read.filter(({ curve, rolled }) => hasMoved(curve, rolled.upTo));
    const touchedBy = await touchedSince(
      clickhouse,
      moved.map(({ curve, rolled }) => ({ ...curve, upTo: rolled.upTo })),
    );
    const parts = read.map(({ curve, rolled }) => ({
      pair: curve,
      rolled,
      touched: touchedBy.get(nameOf(curve)) ?? null,
    }));
    const still = parts.filter(({ touched }) => touched === null).map(({ pair }) => pair);
    const to = new Bindings();
    const sql = leftoverRows(
      to,
      grid,
      parts.filter(({ touched }) => touched !== null),
    );
    const [ends, since] = await Promise.all([
      readEnds(clickhouse, grid, { pairs: still, stretches: unrolled(grid, null) }),
      sql === null ? [] : columnsOf(sql, to).then(readRows),
    ]);
    const left = [...ends, ...since];
    return parts.flatMap(({ pair, rolled, touched }) => {
      const own = left.filter((row) => row.series === pair.series && row.key === pair.key);
      return curveOf(pair, [...gatherRolled(rolled, grid, touched), ...own]) ?? [];
    });
  }

  async function fromEngine(question: BucketQuestion): Promise<CurveBuckets[]> {
    if (question.curves.length === 0) return [];
    const to = new Bindings();
    const sql = bucketRows(to, await sourceOf(question));
    return readCurves(await columnsOf(sql, to));
  }

  /** The buckets of each curve that has any in the grid, by series and key. */
  async function buckets(question: BucketQuestion): Promise<CurveBuckets[]> {
    const { grid, curves } = question;
    const shifted = onRollups(grid);
    const inMemory = shifted === null ? [] : await worthKeeping(curves, shifted);
    const rest = curves.filter((curve) => !inMemory.includes(curve));
    const [kept, read] = await Promise.all([
      shifted === null || inMemory.length === 0 ? [] : fromMemory(inMemory, shifted),
      fromEngine({ ...question, curves: rest }),
    ]);
    return [...kept, ...read].sort((a, b) => a.series - b.series || a.key - b.key);
  }

  /** Rolled curves that are read from memory: none when there are many, which would push each other out. */
  async function worthKeeping(curves: readonly CurveState[], { shift }: RolledGrid): Promise<CurveState[]> {
    const fitting = curves.filter((curve) => fitsMemory(curve, shift));
    if (fitting.length === 0 || fitting.length > inMemory) return [];
    const rolled = await Promise.all(fitting.map((curve) => rolledBuckets(curve, shift)));
    return fitting.filter((_, i) => (rolled[i]?.rows ?? 0) > 0);
  }

  /** The points themselves. Whoever asks knows that there are few. */
  async function points(pairs: readonly CurvePair[], where: OnAxis): Promise<CurvePoints[]> {
    if (pairs.length === 0) return [];
    const to = new Bindings();
    const columns = gathered({ xs: 'x', steps: 'step', times: 'time', vals: 'value' });
    const rows = await clickhouse.rows<PointColumns>(
      `select series, key, ${columns} from (
         select * from (${pointsOnAxis(to, pairs, where)}) order by series, key, x, step, time, ver desc
       ) group by series, key order by series, key`,
      to.params,
      LIMITS,
    );
    return rows.map((row) => ({
      series: row.series,
      key: row.key,
      x: row.xs.map((x) => (where.axis.kind === 'metric' ? float(x) : BigInt(x))),
      steps: row.steps.map(BigInt),
      times: row.times.map(BigInt),
      values: row.vals.map(float),
    }));
  }

  /** The least time of any point of each series' pairs. */
  async function earliest(pairs: readonly CurvePair[], cuts?: readonly number[]): Promise<Map<number, bigint>> {
    if (pairs.length === 0) return new Map();
    const to = new Bindings();
    const rows = await clickhouse.rows<{ series: number; low: string }>(
      `select series, min(time) as low from (${pointsOf(to, pairs, seenBefore(to, cuts))}) group by series`,
      to.params,
      LIMITS,
    );
    return new Map(rows.map((row) => [row.series, BigInt(row.low)]));
  }

  /** Each group's curves as one, bucket by bucket, over the runs that have a finite value there. Quantiles are exact. */
  async function groups(
    question: BucketQuestion,
    members: CurveGroups,
    quantiles: readonly number[],
  ): Promise<GroupBuckets[]> {
    const source = await sourceOf(question);
    const to = new Bindings();
    const series = to.bind([...members.keys()], 'Array(UInt32)');
    const numbers = to.bind([...members.values()], 'Array(UInt32)');
    // The engine knows no quantiles of none.
    const levels = quantiles.map((level) => level.toString()).join(', ');
    const quantilesSql = levels === '' ? '[]::Array(Float64)' : `quantilesExactInclusive(${levels})(v)`;
    const columns = gathered({
      at: 'place',
      runs: 'toFloat64(n)',
      mean: 'mean',
      low: 'low',
      high: 'high',
      std: 'std',
      qs: 'qs',
    });
    const rows = await clickhouse.rows<GroupColumns>(
      `select grp, key, ${columns} from (
         select grp, key, at as place, count() as n, avg(v) as mean, min(v) as low, max(v) as high,
           if(n < 2, 0, stddevSampStable(v)) as std, ${quantilesSql} as qs
         from (
           select transform(series, ${series}, ${numbers}, toUInt32(0)) as grp, key, at,
             sum_of_finite / (all_points - all_nans - all_positive - all_negative) as v
           from (${bucketRows(to, source)}) where all_points > all_nans + all_positive + all_negative
         ) group by grp, key, place order by grp, key, place
       ) group by grp, key order by grp, key`,
      to.params,
      LIMITS,
    );
    return rows.map((row) => ({
      group: row.grp,
      key: row.key,
      at: row.at,
      runs: row.runs,
      mean: row.mean.map(float),
      min: row.low.map(float),
      max: row.high.map(float),
      std: row.std.map(float),
      quantiles: row.qs.map((levels) => levels.map(float)),
    }));
  }

  return { ...createExtentReads(clickhouse), buckets, points, earliest, groups };
}
export type CurveReads = ReturnType<typeof createCurveReads>;
