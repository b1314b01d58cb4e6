import type { AxisRange } from './curve-axis';
import { FINEST, ROLLUP_SHIFTS } from './rollup';

/** Where the buckets of a chart lie: the same for all of its curves, and from the range and their number alone. */
export type CurveGrid =
  | Readonly<{ exact: true; from: bigint; to: bigint; origin: bigint; width: bigint; shift: number | null }>
  | Readonly<{ exact: false; from: number; to: number; origin: number; width: number; last: number }>;

const isExact = (range: AxisRange): range is Readonly<{ from: bigint; to: bigint }> => typeof range.from === 'bigint';
const divideUp = (a: bigint, b: bigint): bigint => (a + b - 1n) / b;

/** The rollups on whose grid buckets of this width lie. From half of the finest on they are widened to it: at least half as many are left. */
function shiftFor(width: bigint): number | null {
  const fitting = ROLLUP_SHIFTS.findLast((s) => width >= 1n << BigInt(s));
  return fitting ?? (width * 2n > 1n << BigInt(FINEST) ? FINEST : null);
}

/** From about a rollup's width on, buckets lie on the rollup's own grid, which steps of any sign share. */
function layOnSteps({ from, to }: Readonly<{ from: bigint; to: bigint }>, buckets: bigint) {
  const width = divideUp(to - from + 1n, buckets);
  const shift = shiftFor(width);
  if (shift === null) return { origin: from, width, shift };
  const grid = 1n << BigInt(shift);
  const origin = (from >> BigInt(shift)) << BigInt(shift);
  // Beginning earlier may need one more bucket: widen until they suffice.
  return { origin, width: divideUp(divideUp(to - origin + 1n, buckets), grid) * grid, shift };
}

/** Steps lie on the rollups' grid from their width on; everything else begins at `from`. */
export function layGrid(axis: 'step' | 'time' | 'metric', range: AxisRange, buckets: number): CurveGrid {
  if (!isExact(range)) {
    const { from, to } = range;
    // Halved before they are subtracted: the distance of two doubles may be none.
    const width = to / buckets - from / buckets || 1;
    return { exact: false, from, to, origin: from, width, last: buckets - 1 };
  }
  const { from, to } = range;
  const n = BigInt(buckets);
  if (axis === 'step') return { exact: true, from, to, ...layOnSteps({ from, to }, n) };
  return { exact: true, from, to, origin: from, width: (to - from + n) / n, shift: null };
}

const LEAST = -(1n << 63n);
const GREATEST = (1n << 63n) - 1n;

/** The same grid over whole rolled buckets at both ends, where it lies on them: no step of an end is read by itself. */
export function wholeEnds(grid: CurveGrid): CurveGrid {
  if (!grid.exact || grid.shift === null) return grid;
  const shift = BigInt(grid.shift);
  const to = (((grid.to >> shift) + 1n) << shift) - 1n;
  return { ...grid, from: grid.origin < LEAST ? LEAST : grid.origin, to: to > GREATEST ? GREATEST : to };
}

/** The first place of a bucket on the axis. */
export const bucketStart = (grid: CurveGrid, place: number): bigint | number =>
  grid.exact ? grid.origin + BigInt(place) * grid.width : grid.origin + place * grid.width;
