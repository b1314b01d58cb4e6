import { failpoint, type Logger } from '@runledger/kernel';
import type { DueRuns, ExpiredArtifacts, ExpiredRuns } from '@runledger/postgres';
import { heldDigests } from './due-terms';
import { type RemovingBytes, removeBytes } from './remove-bytes';

export type TakingArtifacts = Readonly<{
  files: ExpiredArtifacts;
  expired: Pick<ExpiredRuns, 'takeOver'>;
  due: Pick<DueRuns, 'holds'>;
  /** Resolves once what the log has of runs by now is projected, and false where that takes too long. */
  settled(): Promise<boolean>;
  /** ms after which every door knows of a decision or a mark, and has recorded what it let in before. */
  doorsMs: number;
  logger: Logger;
}> &
  RemovingBytes;

/**
 * Takes away bytes of runs whose artifacts have expired, and that nobody keeps: marked first; gone once no door can have let the same in
 * without knowing of the mark, and nobody has. Whoever is killed in between begins anew.
 */
export async function takeArtifacts(taking: TakingArtifacts, which: 'all' | 'open'): Promise<void> {
  const { files, expired, due, settled, doorsMs, logger } = taking;
  await expired.takeOver();
  if (!(await settled())) return;
  const held = await heldDigests(due);
  // In this order: what was gone, and came back by a run that has expired since, is marked anew only where that run is new.
  await files.mark('open', doorsMs, held);
  if (which === 'all') await files.mark('all', doorsMs, held);
  for (const digest of await files.toRemove(doorsMs, held)) {
    try {
      failpoint('expiry.before-bytes');
      await removeBytes(taking, digest);
      failpoint('expiry.bytes-removed');
      await files.gone(digest);
    } catch (err) {
      logger.warn({ err, digest }, 'the bytes of an expired artifact are still there; they are tried again');
    }
  }
  await files.runsGone(doorsMs);
}
