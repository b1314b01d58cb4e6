import { readDecision } from '@runledger/commands';
import { RETAINED, type Retained } from '@runledger/contracts';
import { type ErasureChange, type Erasures, evolveErasures, noErasures, termAt } from '@runledger/domain';
import type { DueRuns } from '@runledger/postgres';
import { everyPolicy } from './policies';

/** What a project keeps for so many days, which of its runs somebody holds, and for how long it locks artifacts. */
export type DueTerm = Readonly<{
  workspace: string;
  project: string;
  what: Retained;
  days: number;
  held: string[];
  lockDays: number | null;
}>;

/** Erasures and holds of each workspace. */
export async function holdsByWorkspace(due: Pick<DueRuns, 'holds'>): Promise<Map<string, Erasures>> {
  const states = new Map<string, Erasures>();
  for (const { workspace, ...event } of await due.holds()) {
    const before = states.get(workspace) ?? noErasures;
    states.set(workspace, evolveErasures(before, readDecision<ErasureChange>(event)));
  }
  return states;
}

/** Runs that are held; null: all of the project. */
export function heldIn({ holds }: Erasures, project: string): string[] | null {
  const inForce = [...holds.values()].filter(({ lifted }) => !lifted);
  if (inForce.some(({ subjects, projects }) => subjects === null || projects.includes(project))) return null;
  return inForce.flatMap(({ runs }) => runs);
}

/** Digests of artifacts that somebody holds by themselves. */
export async function heldDigests(due: Pick<DueRuns, 'holds'>): Promise<string[]> {
  const states = [...(await holdsByWorkspace(due)).values()];
  return states.flatMap(({ holds }) =>
    [...holds.values()].flatMap(({ lifted, artifacts }) => (lifted ? [] : artifacts)),
  );
}

/** Every term that takes something away now. What is held altogether is left out; the decision itself looks once more. */
export async function dueTerms(due: Pick<DueRuns, 'policies' | 'holds'>, at: string): Promise<DueTerm[]> {
  const policies = await everyPolicy(due);
  if (policies.length === 0) return [];
  const holds = await holdsByWorkspace(due);
  return policies.flatMap(({ workspace, project, retention }) => {
    const held = heldIn(holds.get(workspace) ?? noErasures, project);
    if (held === null) return [];
    const lockDays = termAt(retention.lock, at)?.days ?? null;
    return RETAINED.flatMap((what) => {
      const days = termAt(retention[what], at)?.days ?? null;
      return days === null ? [] : [{ workspace, project, what, days, held, lockDays }];
    });
  });
}
