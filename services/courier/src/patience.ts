import type { Goals, Use } from '@runledger/reads';

type Goal = Awaited<ReturnType<Goals['of']>>;

/** Says of a matter whether all is projected that was in the log when it was first asked about. */
export type Patience = Readonly<{
  /** A round begins: within one, the log's ends are asked for once a workspace. */
  begin(): void;
  isOver(workspace: string, matter: string, uses: readonly Use[]): Promise<boolean>;
}>;

/** Matters that are remembered; beyond them the oldest begin to wait anew. */
const REMEMBERED = 10_000;

export function createPatience(goals: Pick<Goals, 'of' | 'missing'>): Patience {
  const goalOf = new Map<string, Goal>();
  const fresh = new Map<string, Promise<Goal>>();
  const reached = new Map<Goal, Promise<boolean>>();

  function newest(workspace: string, uses: readonly Use[]): Promise<Goal> {
    const name = `${workspace}/${uses.join()}`;
    const goal = fresh.get(name) ?? goals.of({ workspace, uses }, { strong: true });
    fresh.set(name, goal);
    return goal;
  }

  async function isReached(goal: Goal): Promise<boolean> {
    const { offsets, journal } = await goals.missing(goal);
    return offsets.length === 0 && journal === null;
  }

  return {
    begin() {
      fresh.clear();
      reached.clear();
    },
    async isOver(workspace, matter, uses) {
      const name = `${workspace}/${matter}`;
      const goal = goalOf.get(name) ?? (await newest(workspace, uses));
      goalOf.set(name, goal);
      const answer = reached.get(goal) ?? isReached(goal);
      reached.set(goal, answer);
      if (!(await answer)) {
        for (const oldest of goalOf.keys()) {
          if (goalOf.size <= REMEMBERED) break;
          goalOf.delete(oldest);
        }
        return false;
      }
      goalOf.delete(name);
      return true;
    },
  };
}
