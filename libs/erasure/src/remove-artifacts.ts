import { failpoint, type Logger } from '@runledger/kernel';
import type { ErasedArtifacts } from '@runledger/postgres';
import { type RemovingBytes, removeBytes } from './remove-bytes';

export type Removing = Readonly<{
  files: ErasedArtifacts;
  logger: Logger;
}> &
  RemovingBytes;

/**
 * Takes away the bytes that were erased and that nobody has any more; those that others have wait for them, and those that are locked for the
 * end of the lock. What the store does not let go of now is
 * tried again, and keeps no other.
 */
export async function removeArtifacts(removing: Removing, which: 'all' | 'open'): Promise<void> {
  const { files, logger } = removing;
  for (const digest of await files.toRemove(which)) {
    try {
      await removeBytes(removing, digest);
      failpoint('erasure.bytes-removed');
      await files.gone(digest);
    } catch (err) {
      logger.warn({ err, digest }, 'the bytes of an erased artifact are still there; they are tried again');
    }
  }
}
