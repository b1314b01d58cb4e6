import type { ClickHouse, Params } from './engine';
import { METRIC_POINT, versionsOf } from './metric-point';
import { METRIC_ROLLUP, POINT_AGGREGATES, ROLLUP_SHIFTS } from './rollup';
import { float } from './series-reads';

/**
 * What a stretch of steps holds. `min`, `max`, `avg`, `first` and `last` are of the finite values and null without any;
 * first and last go by step, time and arrival. `from` and `to` are the bucket's own bounds, both inclusive.
 */
export type Bucket = Readonly<{
  from: bigint;
  to: bigint;
  count: number;
  nans: number;
  positiveInfs: number;
  negativeInfs: number;
  min: number | null;
  max: number | null;
  avg: number | null;
  first: number | null;
  last: number | null;
}>;
export type BucketQuestion = Readonly<{
  series: number;
  key: number;
  from: bigint;
  to: bigint;
  /** Most buckets in the answer. */
  buckets: number;
  partition: number;
  /** The offset up to which the roller has come in that partition; points from there on are read themselves. */
  rolledTo: number;
}>;

type Row = {
  place: string;
  all_points: string;
  all_nans: string;
  all_positive: string;
  all_negative: string;
  lowest: number | string;
  highest: number | string;
  sum_of_finite: number | string;
  head: number | string;
  tail: number | string;
};

/** Merges rows of stretches that do not overlap. */
const FINITE = 'points > nans + positive_infs + negative_infs';
const MERGE = `
  sum(points) as all_points, sum(nans) as all_nans, sum(positive_infs) as all_positive, sum(negative_infs) as all_negative,
  minIf(low, ${FINITE}) as lowest, maxIf(high, ${FINITE}) as highest, sum(total) as sum_of_finite,
  argMinIf(first, first_step, ${FINITE}) as head, argMaxIf(last, last_step, ${FINITE}) as tail`;

const divideUp = (a: bigint, b: bigint): bigint => (a + b - 1n) / b;
const floorTo = (value: bigint, width: bigint): bigint => value - (((value % width) + width) % width);

/** Where buckets begin and how wide they are. From a rollup's width on they lie on the rollup's own grid. */
export function layBuckets(question: Pick<BucketQuestion, 'from' | 'to' | 'buckets'>): {
  origin: bigint;
  width: bigint;
  shift: number | null;
} {
  const { from, to } = question;
  const width = divideUp(to - from + 1n, BigInt(question.buckets));
  const shift = ROLLUP_SHIFTS.findLast((s) => width >= 1n << BigInt(s)) ?? null;
  if (shift === null) return { origin: from, width, shift };
  const grid = 1n << BigInt(shift);
  const origin = floorTo(from, grid);
  // Beginning earlier may need one more bucket: widen until they suffice.
  return { origin, width: divideUp(divideUp(to - origin + 1n, BigInt(question.buckets)), grid) * grid, shift };
}

function answer(row: Row, origin: bigint, width: bigint): Bucket {
  const count = Number(row.all_points);
  const nans = Number(row.all_nans);
  const positiveInfs = Number(row.all_positive);
  const negativeInfs = Number(row.all_negative);
  const finite = count - nans - positiveInfs - negativeInfs;
  const of = (json: number | string): number | null => (finite === 0 ? null : float(json));
  const from = origin + BigInt(row.place) * width;
  return {
    from,
    to: from + width - 1n,
    count,
    nans,
    positiveInfs,
    negativeInfs,
    min: of(row.lowest),
    max: of(row.highest),
    avg: finite === 0 ? null : float(row.sum_of_finite) / finite,
    first: of(row.head),
    last: of(row.tail),
  };
}

/** The step distance from the origin, as an unsigned number: int64 steps may lie further apart than int64 holds. */
const place = (step: string): string => `intDiv(toUInt64(${step} - {origin:Int64}), {width:UInt64})`;
const POINTS_OF_SERIES = `from ${METRIC_POINT} final where series = {s:UInt32} and key = {k:UInt32} and step between {from:Int64} and {to:Int64}`;

export function createBucketReads(clickhouse: ClickHouse) {
  const common = (q: BucketQuestion, origin: bigint, width: bigint): Params => ({
    s: q.series,
    k: q.key,
    from: q.from,
    to: q.to,
    origin,
    width,
  });

  async function fromPoints(q: BucketQuestion, origin: bigint, width: bigint): Promise<Row[]> {
    return clickhouse.rows<Row>(
      `select toString(at) as place, ${MERGE} from (
         select ${place('step')} as at, ${POINT_AGGREGATES} ${POINTS_OF_SERIES} group by at
       ) group by at order by at`,
      common(q, origin, width),
    );
  }

  /** Steps that points beyond the roller's watermark have touched, or null when there are none. */
  async function touchedSince(q: BucketQuestion): Promise<{ low: bigint; high: bigint } | null> {
    const { high } = versionsOf(q.rolledTo, q.rolledTo);
    const rows = await clickhouse.rows<{ n: string; low: string; high: string }>(
      `select count() as n, min(step) as low, max(step) as high from ${METRIC_POINT}
       where series = {s:UInt32} and key = {k:UInt32} and ver <= {ver:UInt64}`,
      { s: q.series, k: q.key, ver: high },
    );
    const row = rows[0];
    return row === undefined || row.n === '0' ? null : { low: BigInt(row.low), high: BigInt(row.high) };
  }

  async function fromRollups(
    q: BucketQuestion,
    grid: { origin: bigint; width: bigint; shift: number },
  ): Promise<Row[]> {
    const { origin, width, shift } = grid;
    const touched = await touchedSince(q);
    // Whole rollup buckets inside the range, without those between the first and the last touched one.
    const low = divideUp(q.from - origin, 1n << BigInt(shift)) + (origin >> BigInt(shift));
    const high = ((q.to + 1n) >> BigInt(shift)) - 1n;
    const params: Params = {
      ...common(q, origin, width),
      shift,
      low,
      high,
      rollup: 1 << shift,
      touchedLow: touched === null ? high + 1n : touched.low >> BigInt(shift),
      touchedHigh: touched === null ? high : touched.high >> BigInt(shift),
    };
    const rolled = (bucket: string): string =>
      `(${bucket} between {low:Int64} and {high:Int64} and not (${bucket} between {touchedLow:Int64} and {touchedHigh:Int64}))`;
    const columns = 'points, nans, positive_infs, negative_infs, first_step, last_step, low, high, total, first, last';
    return clickhouse.rows<Row>(
      `select toString(at) as place, ${MERGE} from (
         select ${place('bitShiftLeft(bucket, {shift:UInt8})')} as at, ${columns} from ${METRIC_ROLLUP} final
         where width = {rollup:UInt32} and series = {s:UInt32} and key = {k:UInt32} and ${rolled('bucket')}
         union all
         select at, ${columns} from (
           select ${place('step')} as at, ${POINT_AGGREGATES} ${POINTS_OF_SERIES} and not ${rolled('bitShiftRight(step, {shift:UInt8})')} group by at
         )
       ) group by at order by at`,
      params,
    );
  }

  async function isRolled(q: BucketQuestion, shift: number): Promise<boolean> {
    const rows = await clickhouse.rows<object>(
      `select 1 from ${METRIC_ROLLUP} where width = {w:UInt32} and series = {s:UInt32} and key = {k:UInt32} limit 1`,
      { w: 1 << shift, s: q.series, k: q.key },
    );
    return rows.length > 0;
  }

  /** The non-empty buckets of one metric between two steps, in order. Deterministic: the same points give the same buckets. */
  return async function buckets(q: BucketQuestion): Promise<{ width: bigint; buckets: Bucket[] }> {
    const { origin, width, shift } = layBuckets(q);
    const rows =
      shift !== null && (await isRolled(q, shift))
        ? await fromRollups(q, { origin, width, shift })
        : await fromPoints(q, origin, width);
    return { width, buckets: rows.map((row) => answer(row, origin, width)) };
  };
}
export type BucketReads = ReturnType<typeof createBucketReads>;
