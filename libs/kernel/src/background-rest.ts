const REST = 9;
const MOST_REST_MS = 30_000;

/** How long, in ms, work in the background rests when it has worked so long: it takes a tenth of one processor. */
export const restAfter = (workedMs: number): number => Math.min(REST * workedMs, MOST_REST_MS);
