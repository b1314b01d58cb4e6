import {
  type AxisRange,
  type BucketQuestion,
  type CurveAxis,
  type CurveExtents,
  type CurveReads,
  type CurveState,
  FINEST,
  isDense,
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
  where: Readonly<{ axis: CurveAxis; cuts: readonly number[] | undefined }>,
): Promise<CurveExtents> {
  if (where.axis.kind !== 'step') return reads.extents(curves, where);
  const isKnown = ({ parts, past = false }: CurveState): boolean => parts === undefined && !past;
  const stored = curves.filter(isKnown);
  const others = curves.filter((curve) => !isKnown(curve));
  const known = { range: stepsOf(stored), points: stored.reduce((sum, { points }) => sum + points, 0) };
  if (others.length === 0) return known;
  const found = await reads.extents(others, where);
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
  asked: BucketQuestion & Readonly<{ points: number }>,
): Promise<void> {
  const { axis, grid, curves, cuts } = asked;
  if (asked.points <= MOST_POINTS) return;
  const shift = grid.exact ? grid.shift : null;
  const byRollups = (curve: CurveState): boolean => mayBeRolled(curve) && (shift !== FINEST || isDense(curve));
  const loose = shift === null ? curves : curves.filter((curve) => !byRollups(curve));
  const points = isOnSteps(axis, grid) ? await reads.countSteps(loose, { range: grid, cuts }) : asked.points;
  if (points <= MOST_POINTS) return;
  throw new Fault(
    'invalid',
    'QUERY_TOO_MANY_POINTS',
    'the request reads too many points: ask for fewer curves, or go by steps',
    { context: { details: { points, most: MOST_POINTS } } },
  );
}
