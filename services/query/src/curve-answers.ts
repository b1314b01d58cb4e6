import {
  bucketStart,
  type CurveBuckets,
  type CurveGrid,
  type CurvePoints,
  type GroupBuckets,
} from '@runledger/clickhouse';
import type { CurvesBody } from '@runledger/contracts/http';
import { smoothed } from './smoothing';

type Named = Readonly<{ run: string; writer?: string; key: string }>;
type Shown = Pick<CurvesBody, 'columns' | 'smoothing'>;

const smoothOf = (values: ReadonlyArray<number | null>, x: ReadonlyArray<bigint | number>, { smoothing }: Shown) =>
  smoothing === undefined ? {} : { smooth: smoothed(values, x.map(Number), smoothing) };

export function bucketsAnswerOf(named: Named, curve: CurveBuckets, grid: CurveGrid, shown: Shown) {
  const x = curve.at.map((place) => bucketStart(grid, place));
  return {
    kind: 'buckets' as const,
    ...named,
    points: curve.count.reduce((sum, n) => sum + n, 0),
    x,
    ...Object.fromEntries(shown.columns.map((column) => [column, curve[column]])),
    ...smoothOf(curve.avg, x, shown),
  };
}

export const pointsAnswerOf = (named: Named, { x, steps, times, values }: CurvePoints, shown: Shown) => ({
  kind: 'points' as const,
  ...named,
  points: values.length,
  x,
  steps,
  times,
  values,
  ...smoothOf(values, x, shown),
});

export function groupAnswerOf(
  named: Readonly<{ value: string | null; key: string; runs: readonly string[] }>,
  group: GroupBuckets,
  grid: CurveGrid,
  shown: Shown & Pick<CurvesBody, 'quantiles'>,
) {
  const x = group.at.map((place) => bucketStart(grid, place));
  const { runs: count, mean, min, max, std } = group;
  const quantiles = shown.quantiles.map((_, q) => group.quantiles.map((levels) => levels[q]));
  return { ...named, x, count, mean, min, max, std, quantiles, ...smoothOf(mean, x, shown) };
}
