import {
  type AxisRange,
  type CurveAxis,
  type CurveExtents,
  type CurveGrid,
  type CurveReads,
  type CurveState,
  mayBeRolled,
  stepsOf,
} from '@runledger/clickhouse';
import { Fault } from '@runledger/kernel';

/** Points that one answer may be made of, where no rollups help. */
const MOST_POINTS = 25_000_000;

/** Where the curves lie. On steps nothing is read for it, and `points` may be more than there are. */
export async function extentsOf(
  reads: CurveReads,
  curves: readonly CurveState[],
  axis: CurveAxis,
): Promise<CurveExtents> {
  if (axis.kind !== 'step') return reads.extents(curves, axis);
  return { range: stepsOf(curves), points: curves.reduce((sum, { points }) => sum + points, 0) };
}

const isOnSteps = (axis: CurveAxis, range: AxisRange): range is { from: bigint; to: bigint } =>
  axis.kind === 'step' && typeof range.from === 'bigint';

/** @throws Fault invalid QUERY_TOO_MANY_POINTS before anything is read */
export async function checkWork(
  reads: CurveReads,
  asked: Readonly<{ axis: CurveAxis; grid: CurveGrid; curves: readonly CurveState[]; points: number }>,
): Promise<void> {
  const { axis, grid, curves } = asked;
  if (asked.points <= MOST_POINTS) return;
  const byRollups = grid.exact && grid.shift !== null;
  const loose = byRollups ? curves.filter((curve) => !mayBeRolled(curve)) : curves;
  const points = isOnSteps(axis, grid) ? (loose.length === 0 ? 0 : await reads.countSteps(loose, grid)) : asked.points;
  if (points <= MOST_POINTS) return;
  throw new Fault(
    'invalid',
    'QUERY_TOO_MANY_POINTS',
    'the request reads too many points: ask for fewer curves, or go by steps',
    { context: { details: { points, most: MOST_POINTS } } },
  );
}
