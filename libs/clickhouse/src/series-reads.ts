import type { ClickHouse, Params } from './engine';
import { METRIC_POINT, seenSql } from './metric-point';

/** One point as it was logged. Integers are exact as bigint; `value` may be NaN or infinite. */
export type Point = Readonly<{ step: bigint; time: bigint; value: number; writer: number; origin: string }>;
export type Count = Readonly<{ key: number; points: number }>;

const NUMBERS: Readonly<Record<string, number>> = {
  nan: Number.NaN,
  inf: Number.POSITIVE_INFINITY,
  '-inf': Number.NEGATIVE_INFINITY,
};
/** A Float64 as the engine's JSON gives it. */
export const float = (json: number | string): number =>
  typeof json === 'number' ? json : (NUMBERS[json] ?? Number(json));

type PointRow = { step: string; time: string; value: number | string; writer: number; ver: string };

/** A place in a series in its order: step, then time, then arrival. Opaque to callers. */
export type PointCursor = readonly [step: string, time: string, ver: string];

/**
 * Reads of points. `FINAL` lets a point that is stored twice count once, also where merges are stopped; it costs nothing
 * on parts that do not overlap.
 */
export function createPointReads(clickhouse: ClickHouse) {
  /** Up to `limit` points with from <= step <= to after the cursor, by step, time and order of arrival. */
  async function points(series: {
    series: number;
    key: number;
    from: bigint;
    to: bigint;
    after?: PointCursor | undefined;
    limit: number;
    /** Only points of records before these offsets, by partition. */
    cuts?: readonly number[] | undefined;
  }): Promise<{ points: Point[]; next: PointCursor | null }> {
    const params: Params = {
      s: series.series,
      k: series.key,
      from: series.from,
      to: series.to,
      limit: series.limit + 1,
    };
    const [step = '0', time = '0', ver = '0'] = series.after ?? [];
    const seen: Params = series.cuts === undefined ? {} : { cuts: series.cuts };
    const rows = await clickhouse.rows<PointRow>(
      `select step, time, value, writer, ver from ${METRIC_POINT} final
       where series = {s:UInt32} and key = {k:UInt32} and step between {from:Int64} and {to:Int64}
       ${series.cuts === undefined ? '' : `and ${seenSql('{cuts:Array(UInt64)}')}`}
       ${series.after === undefined ? '' : 'and step >= {step:Int64} and (step, time, bitNot(ver)) > ({step:Int64}, {time:Int64}, bitNot({ver:UInt64}))'}
       order by step, time, ver desc limit {limit:UInt32}`,
      series.after === undefined ? { ...params, ...seen } : { ...params, ...seen, step, time, ver },
    );
    const page = rows.slice(0, series.limit);
    const last = page.at(-1);
    return {
      points: page.map((row) => ({
        step: BigInt(row.step),
        time: BigInt(row.time),
        value: float(row.value),
        writer: row.writer,
        origin: row.ver,
      })),
      next: rows.length > series.limit && last !== undefined ? [last.step, last.time, last.ver] : null,
    };
  }

  /** Whether a record before these offsets, by partition, brought a point of the series. */
  async function hasPoints(series: number, cuts: readonly number[]): Promise<boolean> {
    const rows = await clickhouse.rows(
      `select 1 from ${METRIC_POINT} where series = {s:UInt32} and ${seenSql('{cuts:Array(UInt64)}')} limit 1`,
      { s: series, cuts },
    );
    return rows.length > 0;
  }

  /** For each of the keys that has points, how many. Points stored twice do not matter to it, so it reads without FINAL. */
  async function counts(series: number, keys: readonly number[]): Promise<Count[]> {
    if (keys.length === 0) return [];
    const rows = await clickhouse.rows<{ key: number; points: string }>(
      `select key, uniqExact(step, time, reinterpretAsUInt64(value), writer) as points
       from ${METRIC_POINT} where series = {s:UInt32} and key in {keys:Array(UInt32)} group by key order by key`,
      { s: series, keys },
    );
    return rows.map((row) => ({ key: row.key, points: Number(row.points) }));
  }

  return { points, hasPoints, counts };
}
export type PointReads = ReturnType<typeof createPointReads>;
