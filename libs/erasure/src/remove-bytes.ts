import type { Artifacts } from '@runledger/artifacts';
import { isFault } from '@runledger/kernel';
import type { ArtifactLockRows } from '@runledger/postgres';

export type RemovingBytes = Readonly<{
  artifacts: Pick<Artifacts, 'remove'> & Readonly<{ locks: Pick<Artifacts['locks'], 'until'> }>;
  locked: Pick<ArtifactLockRows, 'foundLocked'>;
}>;

/** Where the store does not say until when it locks: a hold of somebody's, or a lock of another kind. */
const AGAIN_MS = 3_600_000;

/**
 * Takes bytes away. What a lock of the store holds is noted, and is not tried again before its end.
 * @throws Fault forbidden ARTIFACTS_LOCKED, unavailable ARTIFACTS_AWAY
 */
export async function removeBytes({ artifacts, locked }: RemovingBytes, digest: string): Promise<void> {
  try {
    await artifacts.remove(digest);
  } catch (error) {
    if (isFault(error) && error.code === 'ARTIFACTS_LOCKED') {
      const again = new Date(Date.now() + AGAIN_MS);
      const until = await artifacts.locks.until(digest).catch(() => null);
      await locked.foundLocked(digest, until !== null && until > new Date() ? until : again);
    }
    throw error;
  }
}
