import type { PointColumns } from '@runledger/clickhouse';
import type { MetricEnd, MetricSummary } from '@runledger/postgres';
import type { Stretch } from './series-points';

const int64 = (halves: Int32Array, i: number): bigint =>
  (BigInt(halves[2 * i + 1] as number) << 32n) | BigInt((halves[2 * i] as number) >>> 0);

/** Less than, equal to or greater than 0. The halves are compared as they lie: a BigInt a point would cost more than the rest. */
function compareInt64(halves: Int32Array, a: number, b: number): number {
  const high = (halves[2 * a + 1] as number) - (halves[2 * b + 1] as number);
  return high === 0 ? ((halves[2 * a] as number) >>> 0) - ((halves[2 * b] as number) >>> 0) : high;
}

const comparePlaces = ({ step, time }: PointColumns, a: number, b: number): number =>
  compareInt64(step, a, b) || compareInt64(time, a, b);

/** Whether the value of `a` is the greater one. NaN is less than every number. */
const isGreater = (a: number, b: number): boolean => (Number.isNaN(b) ? !Number.isNaN(a) : a > b);

/** The point at a row as an end, with its origin read back from its version. */
function endAt({ ver, step, value }: PointColumns, row: number): MetricEnd {
  const origin = (BigInt(~(ver[2 * row + 1] as number) >>> 0) << 32n) | BigInt(~(ver[2 * row] as number) >>> 0);
  return { origin, step: int64(step, row), value: value[row] as number };
}

/** Rows of a stretch that stand out by their places. */
function placesOf(points: PointColumns, { from, to }: Stretch): { latest: number; first: number; unordered: boolean } {
  const { value } = points;
  let latest = from;
  let first = from;
  let unordered = false;
  for (let row = from + 1; row < to; row++) {
    const order = comparePlaces(points, row, latest);
    if (order > 0) {
      latest = row;
      continue;
    }
    unordered = true;
    if (order === 0 && isGreater(value[row] as number, value[latest] as number)) latest = row;
    else if (comparePlaces(points, row, first) < 0) first = row;
  }
  return { latest, first, unordered };
}

function extremesOf(value: Float64Array, { from, to }: Stretch): Pick<MetricSummary, 'min' | 'max' | 'hasNan'> {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  let nans = 0;
  for (let row = from; row < to; row++) {
    const v = value[row] as number;
    if (Number.isNaN(v)) nans++;
    else {
      if (v < min) min = v;
      if (v > max) max = v;
    }
  }
  const isEmpty = nans === to - from;
  return { min: isEmpty ? null : min, max: isEmpty ? null : max, hasNan: nans > 0 };
}

/** One summary for each stretch. `last` is the stretch's end, as if none of its points had come before. */
export function summarize(points: PointColumns, stretches: readonly Stretch[]): MetricSummary[] {
  return stretches.map((stretch) => {
    const { latest, first, unordered } = placesOf(points, stretch);
    return {
      series: stretch.series,
      key: stretch.key,
      step: int64(points.step, latest),
      time: int64(points.time, latest),
      value: points.value[latest] as number,
      firstStep: int64(points.step, first),
      firstTime: int64(points.time, first),
      ...extremesOf(points.value, stretch),
      last: endAt(points, stretch.to - 1),
      points: stretch.to - stretch.from,
      unordered,
    };
  });
}
