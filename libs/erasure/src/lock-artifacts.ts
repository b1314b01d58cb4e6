import type { ArtifactDoor, ArtifactLocks } from '@runledger/artifacts';
import { lockEnd, termAt } from '@runledger/domain';
import { Fault, failpoint, isFault } from '@runledger/kernel';
import { createArtifactLocks, type LockedProject } from '@runledger/postgres';
import type { DataSource } from 'typeorm';
import { projectRetention } from './project-retention';

/** For how many days a project locks what is stored now; null: it does not. */
async function lockDaysOf(source: DataSource, { workspace, project }: LockedProject): Promise<number | null> {
  const { lock } = await projectRetention(source, workspace, project);
  return termAt(lock, new Date().toISOString())?.days ?? null;
}

/**
 * Who is killed before the lock stands has told nobody of the bytes; behind it, they are locked and nobody's. Stored again, they are locked again.
 */
export function createLockArtifact(source: DataSource, locks: Pick<ArtifactLocks, 'lock'>): ArtifactDoor['lock'] {
  const rows = createArtifactLocks(source);
  return async (of, digest) => {
    const days = await lockDaysOf(source, of);
    if (days === null) return;
    failpoint('artifacts.before-lock');
    const until = await locks.lock(digest, lockEnd(new Date(), days)).catch((cause: unknown) => {
      if (!isFault(cause) || cause.code !== 'ARTIFACTS_MISSING') throw cause;
      throw new Fault('unavailable', 'ARTIFACTS_GOING', 'the same bytes were being taken away; send them again', {
        cause,
      });
    });
    await rows.locked(digest, of, until);
    failpoint('artifacts.locked');
  };
}
