import type { CurvePair } from './curve-lines';

/** One curve and what is known of it without reading a point. */
export type CurveState = CurvePair &
  Readonly<{
    /** Its least and its greatest step. */
    from: bigint;
    to: bigint;
    /** Stored rows: at least as many as there are points. */
    points: number;
    /** The offset behind its last point, in the partition that holds all of its run. */
    endOffset: number;
    /** The offset up to which the rollups of that partition hold; 0 when it was never rolled. */
    rolledTo: number;
    /** It has moved since the moment as of which it is read: where it lay is asked of its points, and its rollups hold too much. */
    past?: boolean;
  }>;

export const nameOf = ({ series, key }: CurvePair): string => `${series}/${key}`;

/** From the least to the greatest step of any of the curves; null without any. */
export function stepsOf(curves: readonly CurveState[]): Readonly<{ from: bigint; to: bigint }> | null {
  const [first, ...rest] = curves;
  if (first === undefined) return null;
  let { from, to } = first;
  for (const curve of rest) {
    if (curve.from < from) from = curve.from;
    if (curve.to > to) to = curve.to;
  }
  return { from, to };
}
