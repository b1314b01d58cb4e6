import type { AlignedCurve } from './align-curves';

/** How far a curve lies from the middle of all, in robust deviations: the median over its places. */
export type RankScore = Readonly<{ at: number; writer: string; deviation: number }>;

const FEWEST_RANKS = 4;
/** Of a normal distribution, one in 15,000 lies beyond. */
const FAR = 4;
/** Makes the median of absolute deviations an estimate of the standard deviation. */
const TO_SIGMA = 1.4826;

function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? upper)) / 2;
}

/** Ranks whose curve stays far from those of the others, the farthest first. Of fewer than four, none is said to be odd. */
export function outlierRanks(curves: readonly AlignedCurve[]): RankScore[] {
  if (curves.length < FEWEST_RANKS) return [];
  const deviations = curves.map((): number[] => []);
  const length = curves[0]?.line.length ?? 0;
  for (let place = 0; place < length; place++) {
    const there = curves.flatMap(({ line }, at) => {
      const value = line[place];
      return typeof value === 'number' ? [{ at, value }] : [];
    });
    if (there.length < FEWEST_RANKS) continue;
    const middle = medianOf(there.map(({ value }) => value));
    const spread = TO_SIGMA * medianOf(there.map(({ value }) => Math.abs(value - middle)));
    for (const { at, value } of there)
      deviations[at]?.push(
        value === middle ? 0 : Math.abs(value - middle) / (spread || Math.abs(middle) * 1e-9 || 1e-9),
      );
  }
  return curves
    .map(({ writer = '' }, at) => ({ at, writer, deviation: medianOf(deviations[at] ?? []) }))
    .filter(({ deviation }) => deviation > FAR)
    .sort((a, b) => b.deviation - a.deviation);
}
