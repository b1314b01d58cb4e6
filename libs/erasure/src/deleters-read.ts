import type { Principal } from '@runledger/access';
import type { projectDeletersAnswer } from '@runledger/contracts/http';
import { deletersAt, deletionRefused, mayDelete, type Retention } from '@runledger/domain';
import type { DataSource } from 'typeorm';
import type { z } from 'zod';
import { heldAndNext } from './held-and-next';
import { projectRetention } from './project-retention';

type Asks = Pick<Principal, 'workspace' | 'permissions'>;
type Answer = z.input<typeof projectDeletersAnswer>;

/** Who may delete now and later, and whether whoever asks may. */
export function deletersShown(
  retention: Pick<Retention, 'deleters'>,
  { permissions }: Pick<Asks, 'permissions'>,
  project: string,
): Answer['deleters'] {
  const at = new Date().toISOString();
  const deleters = deletersAt(retention, at);
  const you = mayDelete(deleters, permissions, project);
  return { ...heldAndNext(retention.deleters, at), you, refusal: you ? null : deletionRefused(deleters, project) };
}

/** That alone, for a page that asks before it offers to delete: it counts nothing. */
export function createDeletersRead(source: DataSource) {
  return async function deletersOf(who: Asks, project: string): Promise<Answer> {
    const retention = await projectRetention(source, who.workspace, project);
    return { project, deleters: deletersShown(retention, who, project) };
  };
}
