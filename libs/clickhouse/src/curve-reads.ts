import { Bindings } from './bindings';
import { type AxisRange, type CurveAxis, type CurvePair, inPairs, pointsOnAxis } from './curve-axis';
import { type BucketSource, bucketRows } from './curve-buckets';
import { createExtentReads } from './curve-extents';
import type { ClickHouse, Settings } from './engine';
import { METRIC_POINT } from './metric-point';
import { float } from './series-reads';

/**
 * Buckets of one curve in columns, in order. `min`, `max`, `avg`, `first` and `last` are of the finite values, and null
 * where a bucket has none.
 */
export type CurveBuckets = CurvePair &
  Readonly<{
    /** Numbers of the buckets in the grid. */
    at: number[];
    count: number[];
    nans: number[];
    positiveInfs: number[];
    negativeInfs: number[];
    min: Array<number | null>;
    max: Array<number | null>;
    avg: Array<number | null>;
    first: Array<number | null>;
    last: Array<number | null>;
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

type Json = number | string;
type BucketColumns = {
  series: number;
  key: number;
  at: number[];
  points: number[];
  nans: number[];
  positive: number[];
} & {
  negative: number[];
  low: Json[];
  high: Json[];
  total: Json[];
  first: Json[];
  last: Json[];
};
type PointColumns = { series: number; key: number; xs: Json[]; steps: string[]; times: string[]; vals: Json[] };
type GroupColumns = { grp: number; key: number; at: number[]; runs: number[] } & Record<
  'mean' | 'low' | 'high' | 'std',
  Json[]
> & { qs: Json[][] };

function bucketsOf(row: BucketColumns): CurveBuckets {
  const finite = row.at.map(
    (_, i) =>
      (row.points[i] as number) - (row.nans[i] as number) - (row.positive[i] as number) - (row.negative[i] as number),
  );
  const of = (column: readonly Json[]): Array<number | null> =>
    column.map((value, i) => (finite[i] === 0 ? null : float(value)));
  return {
    series: row.series,
    key: row.key,
    at: row.at,
    count: row.points,
    nans: row.nans,
    positiveInfs: row.positive,
    negativeInfs: row.negative,
    min: of(row.low),
    max: of(row.high),
    avg: row.total.map((value, i) => (finite[i] === 0 ? null : float(value) / (finite[i] as number))),
    first: of(row.first),
    last: of(row.last),
  };
}

/** Columns gathered from rows in their order: a tenth of the bytes of a row each. */
const gathered = (columns: Readonly<Record<string, string>>): string =>
  Object.entries(columns)
    .map(([name, column]) => `groupArray(${column}) as ${name}`)
    .join(', ');

/** Reads of many curves at a time, in buckets or as points. */
export function createCurveReads(clickhouse: ClickHouse) {
  async function buckets(source: BucketSource): Promise<CurveBuckets[]> {
    const to = new Bindings();
    const columns = gathered({
      at: 'place',
      points: 'toFloat64(all_points)',
      nans: 'toFloat64(all_nans)',
      positive: 'toFloat64(all_positive)',
      negative: 'toFloat64(all_negative)',
      low: 'lowest',
      high: 'highest',
      total: 'sum_of_finite',
      first: 'head',
      last: 'tail',
    });
    const rows = await clickhouse.rows<BucketColumns>(
      `select series, key, ${columns} from (
         select *, at as place from (${bucketRows(to, source)}) order by series, key, at
       ) group by series, key order by series, key`,
      to.params,
      LIMITS,
    );
    return rows.map(bucketsOf);
  }

  /** The points themselves. Whoever asks knows that there are few. */
  async function points(pairs: readonly CurvePair[], axis: CurveAxis, range: AxisRange): Promise<CurvePoints[]> {
    if (pairs.length === 0) return [];
    const to = new Bindings();
    const columns = gathered({ xs: 'x', steps: 'step', times: 'time', vals: 'value' });
    const rows = await clickhouse.rows<PointColumns>(
      `select series, key, ${columns} from (
         select * from (${pointsOnAxis(to, pairs, { axis, range })}) order by series, key, x, step, time, ver desc
       ) group by series, key order by series, key`,
      to.params,
      LIMITS,
    );
    return rows.map((row) => ({
      series: row.series,
      key: row.key,
      x: row.xs.map((x) => (axis.kind === 'metric' ? float(x) : BigInt(x))),
      steps: row.steps.map(BigInt),
      times: row.times.map(BigInt),
      values: row.vals.map(float),
    }));
  }

  /** The least time of any point of each series' pairs. */
  async function earliest(pairs: readonly CurvePair[]): Promise<Map<number, bigint>> {
    if (pairs.length === 0) return new Map();
    const to = new Bindings();
    const rows = await clickhouse.rows<{ series: number; low: string }>(
      `select series, min(time) as low from ${METRIC_POINT} where ${inPairs(to, pairs)} group by series`,
      to.params,
      LIMITS,
    );
    return new Map(rows.map((row) => [row.series, BigInt(row.low)]));
  }

  /** Each group's curves as one, bucket by bucket, over the runs that have a finite value there. Quantiles are exact. */
  async function groups(
    source: BucketSource,
    members: CurveGroups,
    quantiles: readonly number[],
  ): Promise<GroupBuckets[]> {
    const to = new Bindings();
    const series = to.bind([...members.keys()], 'Array(UInt32)');
    const numbers = to.bind([...members.values()], 'Array(UInt32)');
    const levels = quantiles.map((level) => level.toString()).join(', ');
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
           if(n < 2, 0, stddevSampStable(v)) as std, quantilesExactInclusive(${levels})(v) as qs
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

  return { extents: createExtentReads(clickhouse), buckets, points, earliest, groups };
}
export type CurveReads = ReturnType<typeof createCurveReads>;
