import { readDecision } from '@runledger/commands';
import type { Retained } from '@runledger/contracts';
import type { retentionAnswer } from '@runledger/contracts/http';
import {
  evolveRetention,
  noRetention,
  type Retention,
  type RetentionChange,
  retentionSubject,
  termAt,
} from '@runledger/domain';
import { createDueRuns, policyEvents } from '@runledger/postgres';
import type { DataSource } from 'typeorm';
import type { z } from 'zod';

export type RetentionAnswer = z.input<typeof retentionAnswer>;
const DAY_MS = 86_400_000;

/** What a project keeps, by whose order, read from the journal, so that it is never behind. */
export function createRetentionReads(source: DataSource) {
  const due = createDueRuns(source);

  async function termsOf(workspace: string, project: string, what: Retained, retention: Retention) {
    const now = new Date();
    const terms = retention[what];
    const held = termAt(terms, now.toISOString());
    const next = held === terms.next ? null : terms.next;
    const last = next ?? held;
    if (last === null || last.days === null) return { held, next, due: 0 };
    const from = Math.max(now.getTime(), Date.parse(last.from));
    const endedBy = new Date(from - last.days * DAY_MS);
    return { held, next, due: await due.count({ workspace, project, what, endedBy, except: [] }) };
  }

  return async function retentionOf(workspace: string, project: string): Promise<RetentionAnswer> {
    const events = await policyEvents(source, workspace, retentionSubject(project));
    const changes = events.map((event) => readDecision<RetentionChange>(event));
    const retention = changes.reduce(evolveRetention, noRetention);
    const [points, artifacts] = await Promise.all([
      termsOf(workspace, project, 'points', retention),
      termsOf(workspace, project, 'artifacts', retention),
    ]);
    const policies = changes.map(({ data: { policy, at, reference } }, i) => {
      const { id: event = '', actor: by = '' } = events[i] ?? {};
      return { policy, event, by, at, reference };
    });
    return { project, points, artifacts, policies };
  };
}
