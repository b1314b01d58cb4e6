import { type ClickHouse, ONE_PART_SETTINGS, type Params, type Settings, settingsText } from './engine';
import { METRIC_POINT, versionsOf } from './metric-point';

export const METRIC_ROLLUP = 'runledger.metric_rollup_v1';
/**
 * Widths of the rollups' buckets, as powers of two of steps; each is a whole number of the one before. Every long series has all but the
 * finest, which only dense ones have: it serves windows of a hundredth of ten million steps.
 */
export const ROLLUP_SHIFTS = [7, 9, 15] as const;
export const [FINEST, MIDDLE] = ROLLUP_SHIFTS;
const COARSEST = ROLLUP_SHIFTS[2];
/** Series with fewer points are read from their points: that is quick, and thin series would cost the roller most. */
export const LONG_SERIES = 8_000;

/** Whether finest buckets hold so many points that they take a few hundredths of what those take: half of what one a step comes to. */
export const isDense = ({ points, from, to }: Readonly<{ points: number; from: bigint; to: bigint }>): boolean =>
  BigInt(points) * 2n > to - from;

/**
 * Order among points of one series and key, (step, time, off, ord), as one number: compared as a tuple, it took three quarters
 * of the time that a bucket takes.
 */
export const PLACE_IN_SERIES = `bitOr(
  bitShiftLeft(toInt256(step), 128),
  bitOr(
    bitShiftLeft(toInt256(bitXor(reinterpretAsUInt64(time), 9223372036854775808)), 64),
    toInt256(bitNot(ver))
  )
)`;

/** Aggregates of points that come once each, under the names of the rollup's columns; first and last go by `order`. */
export const aggregatesBy = (order: string): string => `
  count() as points,
  countIf(isNaN(value)) as nans,
  countIf(isInfinite(value) and value > 0) as positive_infs,
  countIf(isInfinite(value) and value < 0) as negative_infs,
  minIf(step, isFinite(value)) as first_step,
  maxIf(step, isFinite(value)) as last_step,
  minIf(value, isFinite(value)) as low,
  maxIf(value, isFinite(value)) as high,
  sumIf(value, isFinite(value)) as total,
  argMinIf(value, ${order}, isFinite(value)) as first,
  argMaxIf(value, ${order}, isFinite(value)) as last`;
export const POINT_AGGREGATES = aggregatesBy(PLACE_IN_SERIES);

/** A stretch that has finite values. */
export const FINITE = 'points > nans + positive_infs + negative_infs';
/** The same of stretches that do not overlap. */
const BUCKET_AGGREGATES = `
  sum(points), sum(nans), sum(positive_infs), sum(negative_infs),
  minIf(first_step, ${FINITE}), maxIf(last_step, ${FINITE}),
  minIf(low, ${FINITE}), maxIf(high, ${FINITE}), sum(total),
  argMinIf(first, first_step, ${FINITE}), argMaxIf(last, last_step, ${FINITE})`;

/** Steps of one series and key, both inclusive. */
export type Stretch = Readonly<{ series: number; key: number; low: bigint; high: bigint }>;
/** A stretch to be rolled; `dense`: into finest buckets too, as the whole series is or is not. */
export type ToRoll = Stretch & Readonly<{ dense: boolean }>;
/** What new offsets touched, and how many rows they brought. */
export type Touched = Stretch & Readonly<{ rows: number }>;

const ALL_STEPS = { low: -(1n << 63n), high: (1n << 63n) - 1n };
/** Stretches of one statement: each becomes a condition that the primary key answers. */
const STRETCHES_A_STATEMENT = 64;
/** A bucket is recomputed whole, whatever part of it was touched. */
const whole = (step: bigint, shift: number, end: 0n | 1n): bigint => {
  const edge = ((step >> BigInt(shift)) + end) << BigInt(shift);
  return end === 0n ? edge : edge - 1n;
};
const clamp = (step: bigint): bigint =>
  step < ALL_STEPS.low ? ALL_STEPS.low : step > ALL_STEPS.high ? ALL_STEPS.high : step;

/** Nobody waits for a rollup: it stands back behind storing and reading. */
const ROLL_SETTINGS: Settings = { ...ONE_PART_SETTINGS, os_threads_nice_value_query: 10 };

const COLUMNS =
  'width, series, key, bucket, points, nans, positive_infs, negative_infs, first_step, last_step, low, high, total, first, last, made';

/**
 * Conditions that the primary key answers: the buckets of 2^shift steps that the stretches touch, whole, in steps (`from` is 0) or in
 * numbers of buckets of 2^from steps.
 */
function whereOf(stretches: readonly Stretch[], shift: number, from: number) {
  const column = from === 0 ? 'step' : 'bucket';
  const params: Record<string, number | bigint> = {};
  const place = (step: bigint): bigint => step >> BigInt(from);
  const conditions = stretches.map((stretch, i) => {
    params[`s${i}`] = stretch.series;
    params[`k${i}`] = stretch.key;
    params[`l${i}`] = place(clamp(whole(stretch.low, shift, 0n)));
    params[`h${i}`] = place(clamp(whole(stretch.high, shift, 1n)));
    return `(series = {s${i}:UInt32} and key = {k${i}:UInt32} and ${column} between {l${i}:Int64} and {h${i}:Int64})`;
  });
  return { conditions: conditions.join(' or '), params };
}

/** Stored rows of a pair, where they lie, and which rollups there are of it. */
export type PairSize = Pick<Stretch, 'series' | 'key'> &
  Readonly<{ points: number; from: bigint; to: bigint; rolled: boolean; dense: boolean }>;
type SizeRow = { series: number; key: number } & Record<'n' | 'low' | 'high' | 'rolled' | 'dense', string>;

/** Recomputes buckets of long series from deduplicated points. Running it twice, or two at once, gives the same buckets. */
export function createRoller(clickhouse: ClickHouse) {
  /** What the offsets from `from` up to and without `to` of a partition touched. */
  async function touched(partition: number, from: number, to: number): Promise<Touched[]> {
    const { low, high } = versionsOf(from, to - 1);
    const rows = await clickhouse.rows<{ series: number; key: number; low: string; high: string; n: string }>(
      `select series, key, min(step) as low, max(step) as high, count() as n from ${METRIC_POINT}
       where lp = {lp:UInt16} and ver between {low:UInt64} and {high:UInt64} group by series, key`,
      { lp: partition, low, high },
    );
    return rows.map((r) => ({
      series: r.series,
      key: r.key,
      low: BigInt(r.low),
      high: BigInt(r.high),
      rows: Number(r.n),
    }));
  }

  async function sizes(pairs: ReadonlyArray<Pick<Stretch, 'series' | 'key'>>): Promise<PairSize[]> {
    if (pairs.length === 0) return [];
    const params: Params = {
      series: pairs.map((p) => p.series),
      keys: pairs.map((p) => p.key),
      coarsest: 1 << COARSEST,
      finest: 1 << FINEST,
    };
    const inPairs =
      '(series, key) in (select pair.1, pair.2 from (select arrayJoin(arrayZip({series:Array(UInt32)}, {keys:Array(UInt32)})) as pair))';
    const rows = await clickhouse.rows<SizeRow>(
      `select series, key, sum(stored) as n, minIf(least, stored > 0) as low, maxIf(greatest, stored > 0) as high,
         countIf(width = {coarsest:UInt32}) as rolled, countIf(width = {finest:UInt32}) as dense
       from (
         select series, key, 0 as width, count() as stored, min(step) as least, max(step) as greatest
         from ${METRIC_POINT} where ${inPairs} group by series, key
         union all
         select distinct series, key, width, 0 as stored, 0 as least, 0 as greatest
         from ${METRIC_ROLLUP} where width in ({coarsest:UInt32}, {finest:UInt32}) and ${inPairs}
       ) group by series, key`,
      params,
    );
    return rows.map(({ series, key, ...row }) => ({
      series,
      key,
      points: Number(row.n),
      from: BigInt(row.low),
      to: BigInt(row.high),
      rolled: Number(row.rolled) > 0,
      dense: Number(row.dense) > 0,
    }));
  }

  /** Buckets of 2^shift steps, from the points. */
  async function rollPoints(stretches: readonly Stretch[], shift: number, made: number): Promise<void> {
    if (stretches.length === 0) return;
    const { conditions, params } = whereOf(stretches, shift, 0);
    await clickhouse.command(
      `insert into ${METRIC_ROLLUP} (${COLUMNS})
       select {width:UInt32}, series, key, bitShiftRight(step, {shift:UInt8}) as bucket, ${POINT_AGGREGATES}, {made:UInt64}
       from ${METRIC_POINT} final where ${conditions} group by series, key, bucket
       settings ${settingsText(ROLL_SETTINGS)}`,
      { ...params, width: 1 << shift, shift, made },
    );
  }

  /** Buckets of 2^shift steps, from those of 2^from: 4 or 64 rows a bucket, however many points. */
  async function rollBuckets(
    stretches: readonly Stretch[],
    { from, shift }: Readonly<{ from: number; shift: number }>,
    made: number,
  ): Promise<void> {
    if (stretches.length === 0) return;
    const { conditions, params } = whereOf(stretches, shift, from);
    await clickhouse.command(
      `insert into ${METRIC_ROLLUP} (${COLUMNS})
       select {width:UInt32}, series, key, bitShiftRight(bucket, {shift:UInt8}) as wide, ${BUCKET_AGGREGATES}, {made:UInt64}
       from ${METRIC_ROLLUP} final where width = {from:UInt32} and (${conditions}) group by series, key, wide
       settings ${settingsText(ROLL_SETTINGS)}`,
      { ...params, width: 1 << shift, shift: shift - from, from: 1 << from, made },
    );
  }

  /**
   * Recomputes every bucket that the stretches touch, the coarsest resolution last: where that one is, all are that the series has. One
   * part a statement and resolution, so that no reader ever meets a series that is rolled in part. `made` is the offset that has been
   * reached.
   */
  async function roll(stretches: readonly ToRoll[], made: number): Promise<void> {
    for (let i = 0; i < stretches.length; i += STRETCHES_A_STATEMENT) {
      const some = stretches.slice(i, i + STRETCHES_A_STATEMENT);
      const dense = some.filter((stretch) => stretch.dense);
      await rollPoints(dense, FINEST, made);
      await rollBuckets(dense, { from: FINEST, shift: MIDDLE }, made);
      await rollPoints(
        some.filter((stretch) => !stretch.dense),
        MIDDLE,
        made,
      );
      await rollBuckets(some, { from: MIDDLE, shift: COARSEST }, made);
    }
  }

  return { touched, sizes, roll };
}
export type Roller = ReturnType<typeof createRoller>;
export const wholeSeries = (pair: Pick<Stretch, 'series' | 'key'>): Stretch => ({ ...pair, ...ALL_STEPS });
