import { failpoint, type Logger } from '@runledger/kernel';
import type { DueRuns, ErasedArtifacts } from '@runledger/postgres';
import { heldErasures } from './held-erasures';
import { type RemovingBytes, removeBytes } from './remove-bytes';

export type Removing = Readonly<{
  files: ErasedArtifacts;
  due: Pick<DueRuns, 'holds'>;
  logger: Logger;
}> &
  RemovingBytes;

/**
 * Takes away the bytes that were erased and that nobody has any more; those that others have wait for them, those that are locked for the end of the
 * lock, and those that were held since for the end of the hold. What the store does not let go of now is tried again, and keeps no other.
 */
export async function removeArtifacts(removing: Removing, which: 'all' | 'open'): Promise<void> {
  const { files, due, logger } = removing;
  const erased = await files.toRemove(which);
  if (erased.length === 0) return;
  const held = await heldErasures(due, erased);
  for (const digest of new Set(erased.map((one) => one.digest))) {
    if (held.has(digest)) continue;
    try {
      await removeBytes(removing, digest);
      failpoint('erasure.bytes-removed');
      await files.gone(digest);
    } catch (err) {
      logger.warn({ err, digest }, 'the bytes of an erased artifact are still there; they are tried again');
    }
  }
}
