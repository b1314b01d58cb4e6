import type { Bindings } from './bindings';
import { type CurveAxis, pointsOnAxis } from './curve-axis';
import type { CurveGrid } from './curve-grid';
import { type CurvePair, inPairs } from './curve-lines';
import { METRIC_POINT } from './metric-point';
import { type RolledGrid, type Steps, stepsIn, unrolled, wholeBuckets } from './rolled-stretches';
import { aggregatesBy, FINITE, METRIC_ROLLUP, PLACE_IN_SERIES, POINT_AGGREGATES } from './rollup';

/** What is read from where. On a grid that lies on no rollups, everything is loose. */
export type BucketSource = Readonly<{
  axis: CurveAxis;
  grid: CurveGrid;
  cuts?: readonly number[] | undefined;
  /** Read from their points. */
  loose: readonly CurvePair[];
  /** Read from their rollups, but for the steps that were touched beyond them. */
  rolled: ReadonlyArray<Readonly<{ pair: CurvePair; touched: Steps | null }>>;
}>;

/** Counts and aggregates of the points in one bucket; the rows of stretches that do not overlap are merged by these. */
const MERGED = `
  sum(points) as all_points, sum(nans) as all_nans, sum(positive_infs) as all_positive, sum(negative_infs) as all_negative,
  minIf(first_step, ${FINITE}) as head_step, maxIf(last_step, ${FINITE}) as tail_step,
  minIf(low, ${FINITE}) as lowest, maxIf(high, ${FINITE}) as highest, sumIf(total, ${FINITE}) as sum_of_finite,
  argMinIf(first, first_step, ${FINITE}) as head, argMaxIf(last, last_step, ${FINITE}) as tail`;
/** The same names where there is one stretch a bucket. */
const ALONE = `
  points as all_points, nans as all_nans, positive_infs as all_positive, negative_infs as all_negative,
  first_step as head_step, last_step as tail_step, low as lowest, high as highest, total as sum_of_finite,
  first as head, last as tail`;
const ROLLED_COLUMNS =
  'points, nans, positive_infs, negative_infs, first_step, last_step, low, high, total, first, last';

/** The place of a step, a time or a value in the grid. The distance is unsigned: int64 may lie further apart than int64 holds. */
function placeOf(to: Bindings, grid: CurveGrid, x: string): string {
  if (grid.exact)
    return `toUInt32(intDiv(toUInt64(${x} - ${to.bind(grid.origin, 'Int64')}), ${to.bind(grid.width, 'UInt64')}))`;
  const { origin, width, last } = grid;
  return `toUInt32(least(floor((${x} - ${to.bind(origin, 'Float64')}) / ${to.bind(width, 'Float64')}), ${to.bind(last, 'UInt32')}))`;
}

/** On other axes than steps, first and last go by the place on that axis. */
const ORDERS = { step: PLACE_IN_SERIES, time: '(time, step, bitNot(ver))', metric: '(x, step, time, bitNot(ver))' };

function fromPoints(to: Bindings, { axis, grid, cuts, loose }: BucketSource): string {
  const source = pointsOnAxis(to, loose, { axis, range: grid, cuts });
  return `select series, key, ${placeOf(to, grid, 'x')} as at, ${aggregatesBy(ORDERS[axis.kind])} from (${source}) group by series, key, at`;
}

/** Buckets of the points that rolled buckets leave over; null when they leave none. Curves that were touched are named one by one. */
function fromLeftovers(to: Bindings, grid: RolledGrid, rolled: BucketSource['rolled']): string | null {
  const still = rolled.filter(({ touched }) => touched === null).map(({ pair }) => pair);
  const moved = rolled.filter(({ touched }) => touched !== null);
  const groups = [
    { pairs: still, stretches: unrolled(grid, null) },
    ...moved.map(({ pair, touched }) => ({ pairs: [pair], stretches: unrolled(grid, touched) })),
  ].filter(({ pairs, stretches }) => pairs.length > 0 && stretches.length > 0);
  if (groups.length === 0) return null;
  const where = groups.map(({ pairs, stretches }) => `(${inPairs(to, pairs)} and (${stepsIn(to, stretches)}))`);
  return `select series, key, ${placeOf(to, grid, 'step')} as at, ${POINT_AGGREGATES} from ${METRIC_POINT} final
    where ${where.join(' or ')} group by series, key, at`;
}

/** Whole rolled buckets inside the range that were not touched. */
function fromRollups(to: Bindings, grid: RolledGrid, rolled: BucketSource['rolled']): string {
  const shift = BigInt(grid.shift);
  const { low, high } = wholeBuckets(grid);
  const bound = (value: bigint): string => to.bind(value, 'Int64');
  const touched = rolled.flatMap(({ pair, touched: steps }) =>
    steps === null
      ? []
      : [`(${inPairs(to, [pair])} and bucket between ${bound(steps.low >> shift)} and ${bound(steps.high >> shift)})`],
  );
  const but = touched.length === 0 ? '' : `and not (${touched.join(' or ')})`;
  const pairs = rolled.map(({ pair }) => pair);
  return `select series, key, ${placeOf(to, grid, `bitShiftLeft(bucket, ${to.bind(grid.shift, 'UInt8')})`)} as at, ${ROLLED_COLUMNS}
    from ${METRIC_ROLLUP} final where width = ${to.bind(1n << shift, 'UInt32')} and ${inPairs(to, pairs)}
    and bucket between ${bound(low)} and ${bound(high)} ${but}`;
}

export const onRollups = (grid: CurveGrid): RolledGrid | null =>
  grid.exact && grid.shift !== null ? { ...grid, shift: grid.shift } : null;

/** The points that rolled buckets in memory leave over, as rows like those of `bucketRows`; null when they leave none. */
export function leftoverRows(to: Bindings, grid: RolledGrid, rolled: BucketSource['rolled']): string | null {
  const rows = fromLeftovers(to, grid, rolled);
  return rows === null ? null : `select series, key, at, ${ALONE} from (${rows})`;
}

/**
 * The non-empty buckets of all curves, a row each: series, key, at (the bucket's number), and the aggregates of MERGED.
 * Every spike shows, whatever the resolution.
 */
export function bucketRows(to: Bindings, source: BucketSource): string {
  const { grid, loose, rolled } = source;
  const columns = `series, key, at, ${ROLLED_COLUMNS}`;
  const plain = loose.length === 0 ? null : `select ${columns} from (${fromPoints(to, source)})`;
  const shifted = onRollups(grid);
  if (rolled.length === 0 || shifted === null) return `select series, key, at, ${ALONE} from (${plain})`;
  const parts = [plain, fromRollups(to, shifted, rolled)];
  const left = fromLeftovers(to, shifted, rolled);
  if (left !== null) parts.push(`select ${columns} from (${left})`);
  const all = parts.filter((part) => part !== null).join(' union all ');
  return `select series, key, at, ${MERGED} from (${all}) group by series, key, at`;
}
