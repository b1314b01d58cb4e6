import type { MetricOfRun } from '@runledger/postgres';

/** Steps that rise, each once, by their places. */
export type Steps = Readonly<{ length: number; at(place: number): bigint | undefined }>;
export type StepBounds = Readonly<{ from: bigint; to: bigint }>;

type Curve = Pick<MetricOfRun, 'firstStep' | 'step' | 'points' | 'unordered'>;

/** How far the steps of a curve are apart, if all are equally far; by its ends and the number of its points. */
function gapOf({ firstStep, step, points, unordered }: Curve): bigint | null {
  if (unordered || points < 2) return null;
  const [span, gaps] = [step - firstStep, BigInt(points - 1)];
  return span > 0n && span % gaps === 0n ? span / gaps : null;
}

/**
 * The steps that curves have between two, and the first and last of each, where all begin at the same step and go on in equal
 * strides, as far as their summaries tell: a curve that has a step twice and lacks another looks the same. Null where they do not.
 */
export function regularSteps(
  curves: readonly Curve[],
  { from, to }: StepBounds,
): Readonly<{ steps: Steps; ends: readonly bigint[] }> | null {
  const [first] = curves;
  const gap = first === undefined ? null : gapOf(first);
  if (first === undefined || gap === null) return null;
  const begin = first.firstStep;
  if (curves.some((curve) => curve.firstStep !== begin || gapOf(curve) !== gap)) return null;
  const low = from > begin ? (from - begin + gap - 1n) / gap : 0n;
  /** The last stride that a curve has within the bounds; before `low` when it has none. */
  const lastOf = ({ step }: Curve): bigint => (to < begin ? -1n : ((to < step ? to : step) - begin) / gap);
  const lasts = curves.map(lastOf).filter((last) => last >= low);
  const high = lasts.reduce((most, last) => (last > most ? last : most), low - 1n);
  const length = Number(high - low) + 1;
  return {
    steps: { length, at: (i) => (i >= 0 && i < length ? begin + (low + BigInt(i)) * gap : undefined) },
    ends: lasts.length === 0 ? [] : [low, ...lasts].map((stride) => begin + stride * gap),
  };
}
