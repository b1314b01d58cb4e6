import { layBuckets } from './bucket-reads';
import type { AxisRange } from './curve-axis';

/** Where the buckets of a chart lie: the same for all of its curves, and from the range and their number alone. */
export type CurveGrid =
  | Readonly<{ exact: true; from: bigint; to: bigint; origin: bigint; width: bigint; shift: number | null }>
  | Readonly<{ exact: false; from: number; to: number; origin: number; width: number; last: number }>;

const isExact = (range: AxisRange): range is Readonly<{ from: bigint; to: bigint }> => typeof range.from === 'bigint';

/** Steps lie on the rollups' grid from their width on; everything else begins at `from`. */
export function layGrid(axis: 'step' | 'time' | 'metric', range: AxisRange, buckets: number): CurveGrid {
  if (!isExact(range)) {
    const { from, to } = range;
    // Halved before they are subtracted: the distance of two doubles may be none.
    const width = to / buckets - from / buckets || 1;
    return { exact: false, from, to, origin: from, width, last: buckets - 1 };
  }
  const { from, to } = range;
  if (axis === 'step') return { exact: true, from, to, ...layBuckets({ from, to, buckets }) };
  const n = BigInt(buckets);
  return { exact: true, from, to, origin: from, width: (to - from + n) / n, shift: null };
}

/** The first place of a bucket on the axis. */
export const bucketStart = (grid: CurveGrid, place: number): bigint | number =>
  grid.exact ? grid.origin + BigInt(place) * grid.width : grid.origin + place * grid.width;
