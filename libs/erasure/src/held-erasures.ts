import { holdsOn, noErasures } from '@runledger/domain';
import type { DueRuns, ErasedBytes } from '@runledger/postgres';
import { holdsByWorkspace } from './due-terms';

/**
 * Digests that somebody holds, of those that wait to be erased: a hold beats an erasure, whichever came first. What went already is not held by
 * what was said since, also where a backup has brought it back.
 */
export async function heldErasures(
  due: Pick<DueRuns, 'holds'>,
  erased: readonly ErasedBytes[],
): Promise<ReadonlySet<string>> {
  const states = await holdsByWorkspace(due);
  const isHeld = ({ digest, workspace, runs, projects }: ErasedBytes): boolean =>
    holdsOn(states.get(workspace) ?? noErasures, { what: [digest], runs, projects }).length > 0;
  const gone = new Set(erased.flatMap(({ digest, goneAt }) => (goneAt === null ? [] : [digest])));
  return new Set(erased.flatMap((one) => (!gone.has(one.digest) && isHeld(one) ? [one.digest] : [])));
}
