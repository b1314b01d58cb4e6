import type { Deleters } from '@runledger/contracts';
import { deletionRefused, mayDelete } from '@runledger/domain';
import { Fault } from '@runledger/kernel';
import type { Identity } from './principal';

type Who = Pick<Identity, 'workspace' | 'permissions'>;

/** Who may delete where, as a door knows it for facts; for commands it is looked up where they are written. */
export interface Deletions {
  /** Whether no policy of the workspace is in the way, so that nobody has to know where something lies. */
  isFree(who: Who): boolean;
  /** @throws Fault forbidden DELETION_NOT_ALLOWED */
  check(who: Who, project: string): void;
}

/** Which projects of a workspace have said who may delete, and what holds there now. */
export type DeletersNow = (workspace: string) => ReadonlyMap<string, Deleters>;

export const createDeletions = (now: DeletersNow): Deletions => ({
  isFree: ({ workspace, permissions }) =>
    [...now(workspace)].every(([project, deleters]) => mayDelete(deleters, permissions, project)),
  check({ workspace, permissions }, project) {
    const deleters = now(workspace).get(project) ?? 'editors';
    if (!mayDelete(deleters, permissions, project))
      throw new Fault('forbidden', 'DELETION_NOT_ALLOWED', deletionRefused(deleters, project));
  },
});
