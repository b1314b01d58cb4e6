import { bucketStart, type CurveBuckets, type CurveGrid } from '@runledger/clickhouse';
import { type CurvesBody, curvesBody } from '@runledger/contracts/http';
import type { BucketsQuery } from './query.schema';

/** The question about some metrics of one run, as one about curves. */
export const bucketsBody = (run: string, keys: readonly string[], { from, to, buckets }: BucketsQuery): CurvesBody =>
  curvesBody.parse({ runs: [run], keys, from: from?.toString(), to: to?.toString(), buckets });

function rowsOf(curve: CurveBuckets, grid: CurveGrid & { exact: true }) {
  return curve.at.map((place, i) => {
    const from = bucketStart(grid, place) as bigint;
    return {
      from,
      to: from + grid.width - 1n,
      count: curve.count[i] as number,
      nans: curve.nans[i] as number,
      positiveInfs: curve.positiveInfs[i] as number,
      negativeInfs: curve.negativeInfs[i] as number,
      min: curve.min[i] as number | null,
      max: curve.max[i] as number | null,
      avg: curve.avg[i] as number | null,
      first: curve.first[i] as number | null,
      last: curve.last[i] as number | null,
    };
  });
}

/** Each metric that was asked for, with its buckets a row each. */
export function runBucketsOf(
  keys: readonly string[],
  { grid, byKey }: Readonly<{ grid: CurveGrid | null; byKey: ReadonlyMap<string, CurveBuckets> }>,
) {
  if (grid === null || !grid.exact)
    return { from: null, to: null, series: keys.map((key) => ({ key, width: 1n, buckets: [] })) };
  const { from, to, width } = grid;
  const series = keys.map((key) => {
    const curve = byKey.get(key);
    return { key, width, buckets: curve === undefined ? [] : rowsOf(curve, grid) };
  });
  return { from, to, series };
}
