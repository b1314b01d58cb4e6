import type { ClickHouse } from './engine';
import type { NativeBlock } from './native-block';

export const METRIC_POINT = 'runledger.metric_point_v1';

/**
 * A range of points, in columns. Steps, times and versions lie as pairs of 32-bit halves, low first: they are moved without ever
 * becoming a BigInt.
 */
export type PointColumns = Readonly<{
  rows: number;
  series: Uint32Array;
  key: Uint32Array;
  step: Int32Array;
  time: Int32Array;
  value: Float64Array;
  writer: Uint32Array;
  lp: Uint16Array;
  ver: Int32Array;
}>;

export function pointBlock(points: PointColumns): NativeBlock {
  return {
    rows: points.rows,
    columns: [
      { name: 'series', type: 'UInt32', data: points.series },
      { name: 'key', type: 'UInt32', data: points.key },
      { name: 'step', type: 'Int64', data: points.step },
      { name: 'time', type: 'Int64', data: points.time },
      { name: 'value', type: 'Float64', data: points.value },
      { name: 'writer', type: 'UInt32', data: points.writer },
      { name: 'lp', type: 'UInt16', data: points.lp },
      { name: 'ver', type: 'UInt64', data: points.ver },
    ],
  };
}

/** Largest batch ordinal plus one: the low bits of a version. */
export const ORDINALS = 1 << 20;

/** The versions that points of offsets `first` to `last` (inclusive) can have, low and high end as decimal text. */
export function versionsOf(first: number, last: number): { low: bigint; high: bigint } {
  const top = (1n << 64n) - 1n;
  return { low: top - ((BigInt(last) << 20n) | BigInt(ORDINALS - 1)), high: top - (BigInt(first) << 20n) };
}

/** SQL: the point's record lies before the offset that `cuts`, an array by partition, has for it. Versions are inverted. */
export const seenSql = (cuts: string): string => `ver > bitNot(bitShiftLeft(toUInt64(${cuts}[lp + 1]), 20))`;

/** Where a point of that version lies in its partition: the message's offset, and the point's ordinal in it. */
export function placeOfVersion(version: bigint): { offset: number; ordinal: number } {
  const place = (1n << 64n) - 1n - version;
  return { offset: Number(place >> 20n), ordinal: Number(place & BigInt(ORDINALS - 1)) };
}

type OffsetRange = Readonly<{ partition: number; first: number; last: number }>;

/** Gives a row when any row of the range is stored: a range is one part, so one row means all of them. */
export function storedRows({ partition, first, last }: OffsetRange): string {
  const { low, high } = versionsOf(first, last);
  return `select 1 from ${METRIC_POINT} where lp = ${partition} and ver between ${low} and ${high} limit 1`;
}

/** Whether the range is stored. */
export async function rangeIsStored(clickhouse: ClickHouse, range: OffsetRange): Promise<boolean> {
  // On a replicated cluster, a replica that lags must not answer no.
  const rows = await clickhouse.rows(storedRows(range), {}, { select_sequential_consistency: 1 });
  return rows.length > 0;
}
