import type { Artifacts } from '@runledger/artifacts';
import { failpoint, type Logger } from '@runledger/kernel';
import type { ErasedArtifacts } from '@runledger/postgres';

export type Removing = Readonly<{
  files: ErasedArtifacts;
  artifacts: Pick<Artifacts, 'remove'>;
  logger: Logger;
}>;

/**
 * Takes away the bytes that were erased and that nobody has any more; those that others have wait for them. What the store does not let go of now is
 * tried again, and keeps no other.
 */
export async function removeArtifacts({ files, artifacts, logger }: Removing, which: 'all' | 'open'): Promise<void> {
  for (const digest of await files.toRemove(which)) {
    try {
      await artifacts.remove(digest);
      failpoint('erasure.bytes-removed');
      await files.gone(digest);
    } catch (err) {
      logger.warn({ err, digest }, 'the bytes of an erased artifact are still there; they are tried again');
    }
  }
}
