import type { Principal } from '@runledger/access';
import { readDecision } from '@runledger/commands';
import type { Retained } from '@runledger/contracts';
import type { retentionAnswer } from '@runledger/contracts/http';
import {
  evolveRetention,
  noErasures,
  noRetention,
  type Retention,
  type RetentionChange,
  retentionSubject,
  termAt,
} from '@runledger/domain';
import { createArtifactLocks, createDueRuns, type LockedProject, policyEvents } from '@runledger/postgres';
import type { DataSource } from 'typeorm';
import type { z } from 'zod';
import { deletersShown } from './deleters-read';
import { heldIn, holdsByWorkspace } from './due-terms';
import { heldAndNext } from './held-and-next';

export type RetentionAnswer = z.input<typeof retentionAnswer>;
const DAY_MS = 86_400_000;

const saidBy = ({ type, data }: RetentionChange) =>
  type === 'deleters.set'
    ? { deleters: data.deleters }
    : { points: data.points.days, artifacts: data.artifacts.days, lock: data.lock.days };

/** What a project keeps and who may delete in it, by whose order, read from the journal, so that it is never behind. */
export function createRetentionReads(source: DataSource) {
  const due = createDueRuns(source);
  const locks = createArtifactLocks(source);

  async function termsOf(workspace: string, project: string, what: Retained, retention: Retention) {
    const now = new Date();
    const terms = retention[what];
    const { held, next } = heldAndNext(terms, now.toISOString());
    const last = next ?? held;
    if (last === null || last.days === null) return { held, next, due: 0 };
    const at = new Date(Math.max(now.getTime(), Date.parse(last.from)));
    const endedBy = new Date(at.getTime() - last.days * DAY_MS);
    const lockDays = termAt(retention.lock, at.toISOString())?.days ?? null;
    const except = heldIn((await holdsByWorkspace(due)).get(workspace) ?? noErasures, project);
    if (except === null) return { held, next, due: 0 };
    return { held, next, due: await due.count({ workspace, project, what, endedBy, at, lockDays, except }) };
  }

  async function lockOf(of: LockedProject, { lock }: Retention) {
    const { held, next } = heldAndNext(lock, new Date().toISOString());
    const days = (next ?? held)?.days ?? null;
    return { held, next, ...(await locks.shown(of)), open: days === null ? 0 : await locks.countToLock(of, days) };
  }

  return async function retentionOf(
    who: Pick<Principal, 'workspace' | 'permissions'>,
    project: string,
  ): Promise<RetentionAnswer> {
    const { workspace } = who;
    const events = await policyEvents(source, workspace, retentionSubject(project));
    const changes = events.map((event) => readDecision<RetentionChange>(event));
    const retention = changes.reduce(evolveRetention, noRetention);
    const [points, artifacts, lock] = await Promise.all([
      termsOf(workspace, project, 'points', retention),
      termsOf(workspace, project, 'artifacts', retention),
      lockOf({ workspace, project }, retention),
    ]);
    const policies = changes.map((change, i) => {
      const { id: event = '', actor: by = '' } = events[i] ?? {};
      const { policy, at, reference } = change.data;
      return { policy, event, by, at, reference, said: saidBy(change) };
    });
    const deleters = deletersShown(retention, who, project);
    return { project, points, artifacts, lock, deleters, policies };
  };
}
