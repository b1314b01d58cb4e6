import { readDecision } from '@runledger/commands';
import { evolveRetention, noRetention, type Retention, type RetentionChange } from '@runledger/domain';
import type { DueRuns } from '@runledger/postgres';

export type Policy = Readonly<{ workspace: string; project: string; retention: Retention }>;

/** What every project has said, of all that have said anything. */
export async function everyPolicy(due: Pick<DueRuns, 'policies'>): Promise<Policy[]> {
  const policies = new Map<string, Policy>();
  for (const { workspace, subject, ...event } of await due.policies()) {
    const change = readDecision<RetentionChange>(event);
    const { retention } = policies.get(`${workspace}/${subject}`) ?? { retention: noRetention };
    const { project } = change.data;
    policies.set(`${workspace}/${subject}`, { workspace, project, retention: evolveRetention(retention, change) });
  }
  return [...policies.values()];
}
