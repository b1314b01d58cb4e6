import type { Bindings } from './bindings';
import type { CurveGrid } from './curve-grid';

/** Steps, both ends inclusive. */
export type Steps = Readonly<{ low: bigint; high: bigint }>;
export type RolledGrid = CurveGrid & { exact: true; shift: number };

const LEAST = -(1n << 63n);
const GREATEST = (1n << 63n) - 1n;

/** The rolled buckets that lie whole inside the range, by number; none when `low` is greater than `high`. */
export function wholeBuckets(grid: RolledGrid): Steps {
  const shift = BigInt(grid.shift);
  return { low: (grid.from + (1n << shift) - 1n) >> shift, high: ((grid.to + 1n) >> shift) - 1n };
}

/** The steps of a range that whole rolled buckets do not answer: its two ends, and what was touched since. */
export function unrolled(grid: RolledGrid, touched: Steps | null): Steps[] {
  const shift = BigInt(grid.shift);
  const whole = wholeBuckets(grid);
  const begin = whole.low << shift;
  const end = (whole.high + 1n) << shift;
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

/** Stretches as a condition that the primary key answers. */
export const stepsIn = (to: Bindings, stretches: readonly Steps[]): string =>
  stretches.map(({ low, high }) => `step between ${to.bind(low, 'Int64')} and ${to.bind(high, 'Int64')}`).join(' or ');
