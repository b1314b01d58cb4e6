import type { ArtifactDoor, ArtifactLocks } from '@runledger/artifacts';
import type { DataSource } from 'typeorm';
import type { ExpiredSet } from './expired-set';
import { createLockArtifact } from './lock-artifacts';
import { expiredFault } from './refuse-expired';

/** What policies say, from what has expired and from what the journal says of locks. */
export const createArtifactDoor = (
  source: DataSource,
  locks: Pick<ArtifactLocks, 'lock'>,
  expired: ExpiredSet,
): ArtifactDoor => ({
  takes(workspace, run) {
    if (expired.has(workspace, run, 'artifacts')) throw expiredFault(run, 'artifacts');
  },
  lock: createLockArtifact(source, locks),
});
