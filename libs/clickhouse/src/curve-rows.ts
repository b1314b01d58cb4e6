import type { CurvePair } from './curve-lines';

/**
 * Buckets of one curve in columns, in order. `min`, `max`, `avg`, `first` and `last` are of the finite values, and null
 * where a bucket has none.
 */
export type CurveBuckets = CurvePair &
  Readonly<{
    /** Numbers of the buckets in the grid. */
    at: number[];
    count: number[];
    nans: number[];
    positiveInfs: number[];
    negativeInfs: number[];
    min: Array<number | null>;
    max: Array<number | null>;
    avg: Array<number | null>;
    first: Array<number | null>;
    last: Array<number | null>;
  }>;

/** What stretches of a curve that lie in one bucket come to. Steps are of finite values only. */
export type BucketRow = Readonly<{
  at: number;
  points: number;
  nans: number;
  positiveInfs: number;
  negativeInfs: number;
  firstStep: bigint;
  lastStep: bigint;
  low: number;
  high: number;
  total: number;
  first: number;
  last: number;
}>;

const finiteOf = (row: BucketRow): number => row.points - row.nans - row.positiveInfs - row.negativeInfs;

/** Two stretches of one bucket as one, of which the points of `a` come before those of `b` where they share a step. */
function mergeRows(a: BucketRow, b: BucketRow): BucketRow {
  const counts = {
    at: a.at,
    points: a.points + b.points,
    nans: a.nans + b.nans,
    positiveInfs: a.positiveInfs + b.positiveInfs,
    negativeInfs: a.negativeInfs + b.negativeInfs,
  };
  if (finiteOf(b) === 0) return { ...a, ...counts };
  if (finiteOf(a) === 0) return { ...b, ...counts };
  const [head, tail] = [a.firstStep <= b.firstStep ? a : b, b.lastStep >= a.lastStep ? b : a];
  return {
    ...counts,
    firstStep: head.firstStep,
    lastStep: tail.lastStep,
    low: Math.min(a.low, b.low),
    high: Math.max(a.high, b.high),
    total: a.total + b.total,
    first: head.first,
    last: tail.last,
  };
}

export const emptyCurve = ({ series, key }: CurvePair): CurveBuckets => ({
  series,
  key,
  at: [],
  count: [],
  nans: [],
  positiveInfs: [],
  negativeInfs: [],
  min: [],
  max: [],
  avg: [],
  first: [],
  last: [],
});

function push(curve: CurveBuckets, row: BucketRow): void {
  const finite = finiteOf(row);
  curve.at.push(row.at);
  curve.count.push(row.points);
  curve.nans.push(row.nans);
  curve.positiveInfs.push(row.positiveInfs);
  curve.negativeInfs.push(row.negativeInfs);
  curve.min.push(finite === 0 ? null : row.low);
  curve.max.push(finite === 0 ? null : row.high);
  curve.avg.push(finite === 0 ? null : row.total / finite);
  curve.first.push(finite === 0 ? null : row.first);
  curve.last.push(finite === 0 ? null : row.last);
}

/** The rows of one curve, of which those of one bucket are merged; null without any. */
export function curveOf(pair: CurvePair, rows: readonly BucketRow[]): CurveBuckets | null {
  if (rows.length === 0) return null;
  const curve = emptyCurve(pair);
  let last: BucketRow | undefined;
  for (const row of [...rows].sort((a, b) => a.at - b.at)) {
    if (last?.at === row.at) last = mergeRows(last, row);
    else {
      if (last !== undefined) push(curve, last);
      last = row;
    }
  }
  if (last !== undefined) push(curve, last);
  return curve;
}
