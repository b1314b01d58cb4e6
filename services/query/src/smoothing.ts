import type { CurvesBody } from '@runledger/contracts/http';

export type Smoothing = NonNullable<CurvesBody['smoothing']>;
type Values = ReadonlyArray<number | null>;
type Smooth = Array<number | null>;

/** Places of values that are numbers. Everything else is left out, and smooth where it stands is null. */
const isFiniteValue = (value: number | null | undefined): value is number => value !== null && Number.isFinite(value);

/** s = w s + (1 - w) y, divided by 1 - w^n, so that the first values do not lean towards 0. */
function ema(values: Values, weight: number): Smooth {
  let sum = 0;
  let seen = 0;
  return values.map((y) => {
    if (!isFiniteValue(y)) return null;
    sum = weight * sum + (1 - weight) * y;
    seen++;
    return sum / (1 - weight ** seen);
  });
}

/** The same where values count less the further they lie behind on the axis: w to the power of the distance in mean distances. */
function timeWeighted(values: Values, x: readonly number[], weight: number): Smooth {
  const places = x.filter((_, i) => isFiniteValue(values[i]));
  const mean = ((places.at(-1) ?? 0) - (places[0] ?? 0)) / Math.max(1, places.length - 1) || 1;
  let sum = 0;
  let seen = 0;
  let before = places[0] ?? 0;
  return values.map((y, i) => {
    if (!isFiniteValue(y)) return null;
    const at = x[i] as number;
    const decay = weight ** ((at - before) / mean);
    before = at;
    sum = decay * sum + y;
    seen = decay * seen + 1;
    return sum / seen;
  });
}

/**
 * Sums of the last values, of which none is ever subtracted again: a spike that has left the window leaves nothing behind. The
 * older values lie as sums of themselves and all between them and the newer ones, so that the oldest one can go.
 */
function createWindow(most: number) {
  let older: number[] = [];
  let newer: number[] = [];
  let newerSum = 0;
  return function push(value: number): { sum: number; count: number } {
    if (older.length + newer.length === most) {
      if (older.length === 0) {
        let sum = 0;
        older = newer.reverse().map((v) => (sum += v));
        newer = [];
        newerSum = 0;
      }
      older.pop();
    }
    newer.push(value);
    newerSum += value;
    return { sum: (older.at(-1) ?? 0) + newerSum, count: older.length + newer.length };
  };
}

function runningAverage(values: Values, window: number): Smooth {
  const push = createWindow(window);
  return values.map((y) => {
    if (!isFiniteValue(y)) return null;
    const { sum, count } = push(y);
    return sum / count;
  });
}

/** A curve without its jitter. The formulas are those that the route's description gives. */
export function smoothed(values: Values, x: readonly number[], how: Smoothing): Smooth {
  switch (how.method) {
    case 'ema':
      return ema(values, how.weight);
    case 'time-weighted-ema':
      return timeWeighted(values, x, how.weight);
    case 'running-average':
      return runningAverage(values, how.window);
  }
}
