import type { WritersAnswer } from '@runledger/contracts/http';
import { formatCount, formatDuration } from '../elements/format';
import type { PlaceMark } from './draw-marks';

/** A rank is a straggler when it is this part of the way behind the one that has come furthest. */
const FAR_BEHIND = 0.05;
const MOST_NAMED = 3;

const nameOf = (writer: string): string => (writer === '' ? 'points without a writer' : writer);

/** Where the run was taken up again, and where it goes on from another. */
export const segmentMarks = ({ writers, forks }: WritersAnswer): PlaceMark[] => [
  ...forks.map(({ run, step }) => ({
    at: Number(step),
    kind: 'fork' as const,
    words: `forked from ${run} at step ${step}`,
  })),
  ...writers.flatMap(({ supersededFrom, supersededBy, writer }) =>
    supersededFrom === null
      ? []
      : [
          {
            at: Number(supersededFrom),
            kind: 'restart' as const,
            words: `${supersededBy.map(nameOf).join(', ')} restarted ${nameOf(writer)} at step ${supersededFrom}`,
          },
        ],
  ),
];

/** Ranks that lie far behind the one that has come furthest, those farthest behind first. */
export function stragglersOf({ writers }: WritersAnswer): WritersAnswer['writers'] {
  const current = writers.filter(({ stepsBehind }) => stepsBehind !== null);
  const furthest = Math.max(...current.map(({ lastStep }) => Number(lastStep)));
  return current
    .filter(({ stepsBehind }) => Number(stepsBehind) > FAR_BEHIND * Math.max(1, Math.abs(furthest)))
    .sort((a, b) => Number(b.stepsBehind) - Number(a.stepsBehind));
}

/** The ranks that lie behind, in words; null where none does. */
export function stragglersInWords(answer: WritersAnswer): string | null {
  const behind = stragglersOf(answer);
  if (behind.length === 0) return null;
  const named = behind
    .slice(0, MOST_NAMED)
    .map(
      ({ writer, stepsBehind, msBehind }) =>
        `${nameOf(writer)} by ${formatCount(Number(stepsBehind))} steps, ${formatDuration(Number(msBehind))}`,
    );
  const more = behind.length > MOST_NAMED ? ` and ${behind.length - MOST_NAMED} more` : '';
  return `Behind the other ranks: ${named.join('; ')}${more}.`;
}
