import type { Bindings } from './bindings';
import { type CurveAxis, type CurvePair, inPairs, pointsOnAxis } from './curve-axis';
import type { CurveExtents } from './curve-extents';
import type { CurveGrid } from './curve-grid';
import { METRIC_POINT } from './metric-point';
import { aggregatesBy, FINITE, METRIC_ROLLUP, PLACE_IN_SERIES, POINT_AGGREGATES } from './rollup';

/** What a chart's buckets are made of. */
export type BucketSource = Readonly<{ axis: CurveAxis; grid: CurveGrid; extents: CurveExtents }>;

/** Counts and aggregates of the points in one bucket; the rows of stretches that do not overlap are merged by these. */
const MERGED = `
  sum(points) as all_points, sum(nans) as all_nans, sum(positive_infs) as all_positive, sum(negative_infs) as all_negative,
  minIf(low, ${FINITE}) as lowest, maxIf(high, ${FINITE}) as highest, sumIf(total, ${FINITE}) as sum_of_finite,
  argMinIf(first, first_step, ${FINITE}) as head, argMaxIf(last, last_step, ${FINITE}) as tail`;
const ROLLED_COLUMNS =
  'points, nans, positive_infs, negative_infs, first_step, last_step, low, high, total, first, last';

const LEAST = -(1n << 63n);
const GREATEST = (1n << 63n) - 1n;
type Stretch = Readonly<{ low: bigint; high: bigint }>;

/** The place of a step, a time or a value in the grid. The distance is unsigned: int64 may lie further apart than int64 holds. */
function placeOf(to: Bindings, grid: CurveGrid, x: string): string {
  if (grid.exact)
    return `toUInt32(intDiv(toUInt64(${x} - ${to.bind(grid.origin, 'Int64')}), ${to.bind(grid.width, 'UInt64')}))`;
  const { origin, width, last } = grid;
  return `toUInt32(least(floor((${x} - ${to.bind(origin, 'Float64')}) / ${to.bind(width, 'Float64')}), ${to.bind(last, 'UInt32')}))`;
}

/** On other axes than steps, first and last go by the place on that axis. */
const ORDERS = { step: PLACE_IN_SERIES, time: '(time, step, bitNot(ver))', metric: '(x, step, time, bitNot(ver))' };

function fromPoints(to: Bindings, pairs: readonly CurvePair[], { axis, grid }: BucketSource): string {
  const source = pointsOnAxis(to, pairs, { axis, range: grid });
  return `select series, key, ${placeOf(to, grid, 'x')} as at, ${aggregatesBy(ORDERS[axis.kind])} from (${source}) group by series, key, at`;
}

/** The steps of a range that whole rolled buckets do not answer: its two ends, and what was touched since. */
function unrolled(grid: CurveGrid & { exact: true; shift: number }, touched: Stretch | null): Stretch[] {
  const shift = BigInt(grid.shift);
  const begin = (((grid.from - grid.origin + (1n << shift) - 1n) >> shift) << shift) + grid.origin;
  const end = ((grid.to + 1n) >> shift) << shift;
  const ends =
    begin >= end
      ? [{ low: grid.from, high: grid.to }]
      : [
          { low: grid.from, high: begin - 1n },
          { low: end, high: grid.to },
        ];
  const since =
    touched === null
      ? []
      : [{ low: (touched.low >> shift) << shift, high: (((touched.high >> shift) + 1n) << shift) - 1n }];
  return [...ends, ...since]
    .map(({ low, high }) => ({
      low: low < grid.from ? grid.from : low,
      high: high > grid.to ? grid.to : high,
    }))
    .filter(({ low, high }) => low <= high && low >= LEAST && high <= GREATEST);
}

/** Buckets of pairs that have rollups: whole rolled buckets, and points for the rest. */
function fromRollups(
  to: Bindings,
  pairs: readonly CurvePair[],
  grid: CurveGrid & { exact: true; shift: number },
  touched: Stretch | null,
): string {
  const shift = BigInt(grid.shift);
  const stretches = unrolled(grid, touched);
  const bound = (value: bigint): string => to.bind(value, 'Int64');
  const stepsLeft = stretches.map(({ low, high }) => `step between ${bound(low)} and ${bound(high)}`);
  const rolledLow = (grid.from - grid.origin + (1n << shift) - 1n) / (1n << shift) + (grid.origin >> shift);
  const rolledHigh = ((grid.to + 1n) >> shift) - 1n;
  const notTouched =
    touched === null
      ? ''
      : `and not (bucket between ${bound(touched.low >> shift)} and ${bound(touched.high >> shift)})`;
  const rolled = `select series, key, ${placeOf(to, grid, `bitShiftLeft(bucket, ${to.bind(grid.shift, 'UInt8')})`)} as at, ${ROLLED_COLUMNS}
    from ${METRIC_ROLLUP} final where width = ${to.bind(1n << shift, 'UInt32')} and ${inPairs(to, pairs)}
    and bucket between ${bound(rolledLow)} and ${bound(rolledHigh)} ${notTouched}`;
  if (stretches.length === 0) return rolled;
  return `${rolled} union all select series, key, at, ${ROLLED_COLUMNS} from (
    select series, key, ${placeOf(to, grid, 'step')} as at, ${POINT_AGGREGATES} from ${METRIC_POINT} final
    where ${inPairs(to, pairs)} and (${stepsLeft.join(' or ')}) group by series, key, at)`;
}

/**
 * The non-empty buckets of all curves, a row each: series, key, at (the bucket's number), and the aggregates of MERGED.
 * Every spike shows, whatever the resolution.
 */
export function bucketRows(to: Bindings, source: BucketSource): string {
  const { grid, extents } = source;
  const { loose, rolled, touched } = extents;
  const parts: string[] = [];
  const columns = `series, key, at, ${ROLLED_COLUMNS}`;
  const plain = (pairs: readonly CurvePair[]): string => `select ${columns} from (${fromPoints(to, pairs, source)})`;
  if (!grid.exact || grid.shift === null) parts.push(plain([...loose, ...rolled]));
  else {
    const shifted = { ...grid, shift: grid.shift };
    const moved = new Set(touched?.pairs.map(({ series, key }) => `${series}/${key}`));
    const still = rolled.filter(({ series, key }) => !moved.has(`${series}/${key}`));
    if (loose.length > 0) parts.push(plain(loose));
    if (still.length > 0) parts.push(fromRollups(to, still, shifted, null));
    if (touched !== null) parts.push(fromRollups(to, touched.pairs, shifted, touched));
  }
  return `select series, key, at, ${MERGED} from (${parts.join(' union all ')}) group by series, key, at`;
}
