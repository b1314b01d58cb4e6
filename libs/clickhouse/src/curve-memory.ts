import type { BucketRow } from './curve-rows';
import { ROLLED_AT, ROLLED_WIDTH, type RolledBuckets } from './rolled-memory';
import { type RolledGrid, type Steps, wholeBuckets } from './rolled-stretches';

/** The first row whose bucket is not less than this one. */
function rowOf({ rows, integers }: RolledBuckets, bucket: bigint): number {
  let [low, high] = [0, rows];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((integers[middle * ROLLED_WIDTH] as bigint) < bucket) low = middle + 1;
    else high = middle;
  }
  return low;
}

const A = ROLLED_AT;

/** Rolled rows from `begin` to `end`, all of one bucket of the grid, as one. They lie in the order of steps. */
function sumUp({ integers, numbers }: RolledBuckets, at: number, begin: number, end: number): BucketRow {
  const sum = { points: 0, nans: 0, positiveInfs: 0, negativeInfs: 0, total: 0, low: Infinity, high: -Infinity };
  let head = -1;
  let tail = -1;
  for (let row = begin; row < end; row++) {
    const word = row * ROLLED_WIDTH;
    const points = numbers[word + A.points] as number;
    const nans = numbers[word + A.nans] as number;
    const positiveInfs = numbers[word + A.positiveInfs] as number;
    const negativeInfs = numbers[word + A.negativeInfs] as number;
    sum.points += points;
    sum.nans += nans;
    sum.positiveInfs += positiveInfs;
    sum.negativeInfs += negativeInfs;
    if (points === nans + positiveInfs + negativeInfs) continue;
    if (head < 0) head = word;
    tail = word;
    sum.total += numbers[word + A.total] as number;
    sum.low = Math.min(sum.low, numbers[word + A.low] as number);
    sum.high = Math.max(sum.high, numbers[word + A.high] as number);
  }
  if (head < 0) return { at, ...sum, firstStep: 0n, lastStep: 0n, first: 0, last: 0 };
  return {
    at,
    ...sum,
    firstStep: integers[head + A.firstStep] as bigint,
    lastStep: integers[tail + A.lastStep] as bigint,
    first: numbers[head + A.first] as number,
    last: numbers[tail + A.last] as number,
  };
}

/** The buckets of a grid from rolled ones: all that lie whole inside its range, but those that were touched since. */
export function gatherRolled(rolled: RolledBuckets, grid: RolledGrid, touched: Steps | null): BucketRow[] {
  const gathered: BucketRow[] = [];
  const shift = BigInt(grid.shift);
  const whole = wholeBuckets(grid);
  const stretches: Steps[] =
    touched === null
      ? [whole]
      : [
          { low: whole.low, high: least(whole.high, (touched.low >> shift) - 1n) },
          { low: greatest(whole.low, (touched.high >> shift) + 1n), high: whole.high },
        ];
  const [origin, width] = [grid.origin >> shift, grid.width >> shift];
  for (const { low, high } of stretches) {
    if (low > high) continue;
    let row = rowOf(rolled, low);
    const end = rowOf(rolled, high + 1n);
    while (row < end) {
      const at = ((rolled.integers[row * ROLLED_WIDTH] as bigint) - origin) / width;
      const next = Math.min(rowOf(rolled, origin + (at + 1n) * width), end);
      gathered.push(sumUp(rolled, Number(at), row, next));
      row = next;
    }
  }
  return gathered;
}

const least = (a: bigint, b: bigint): bigint => (a < b ? a : b);
const greatest = (a: bigint, b: bigint): bigint => (a > b ? a : b);
