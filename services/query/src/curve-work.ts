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

/** Where the curves lie. On steps nothing is read for those that are stored as they are drawn, and `points` may be more than there are. */
export async function extentsOf(
  reads: CurveReads,
  curves: readonly CurveState[],
  axis: CurveAxis,
): Promise<CurveExtents> {
  if (axis.kind !== 'step') return reads.extents(curves, axis);
  const stored = curves.filter(({ parts }) => parts === undefined);
  const composed = curves.filter(({ parts }) => parts !== undefined);
  const known = { range: stepsOf(stored), points: stored.reduce((sum, { points }) => sum + points, 0) };
  if (composed.length === 0) return known;
  const found = await reads.extents(composed, axis);
  const ends = [known.range, found.range as typeof known.range].flatMap((range) => (range === null ? [] : [range]));
  const range = ends.reduce<typeof known.range>(
    (a, b) => (a === null ? b : { from: a.from < b.from ? a.from : b.from, to: a.to > b.to ? a.to : b.to }),
    null,
  );
  return { range, points: known.points + found.points };
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
  const points = isOnSteps(axis, grid) ? await reads.countSteps(loose, grid) : asked.points;
  if (points <= MOST_POINTS) return;
  throw new Fault(
    'invalid',
    'QUERY_TOO_MANY_POINTS',
    'the request reads too many points: ask for fewer curves, or go by steps',
    { context: { details: { points, most: MOST_POINTS } } },
  );
}
