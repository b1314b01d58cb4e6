import type { Oversight } from '@runledger/commands';
import type { Live } from '@runledger/live';
import { createPositionReads, readRecordedRuns } from '@runledger/postgres';
import { createGoals, createGoalWaiter, type LogEnds, readsThatEnd, type Scope } from '@runledger/reads';
import type { DataSource } from 'typeorm';
import { createAssess } from './assess';
import { actorAsPerson, type PersonOf } from './person-of';

export type OversightParts = Readonly<{
  source: DataSource;
  log: LogEnds;
  live: Live;
  /** Each actor is a person of its own when absent. */
  personOf?: PersonOf;
}>;

/** Longest wait for the projections; then 503: a gate that cannot see stays closed. */
const WAIT_MS = 10_000;

/** What decisions about promotions and approvals need to know, read from the projections once they have come that far. */
export function openOversight({ source, log, live, personOf = actorAsPerson }: OversightParts): Oversight {
  const goals = createGoals(log, readsThatEnd(createPositionReads(source)));
  const { waitFor } = createGoalWaiter(goals, live);
  const settle = async (scope: Scope): Promise<void> => waitFor(await goals.of(scope, { strong: true }), WAIT_MS);
  const assess = createAssess({ source, log });
  return {
    personOf,
    async projectsOf(workspace, runs) {
      const [only, ...others] = runs;
      if (only === undefined) return new Map();
      // Of several, the places of all runs at once.
      await settle({ workspace, uses: ['runs'], ...(others.length === 0 ? { run: only } : {}) });
      const found = await readRecordedRuns(source, workspace, runs);
      return new Map([...found.values()].flatMap(({ run, project }) => (project === null ? [] : [[run, project]])));
    },
    async assess(asked) {
      const { workspace, facts } = asked;
      if (facts.run === null) await settle({ workspace, uses: ['catalog'] });
      else await settle({ workspace, run: facts.run, uses: ['runs', 'series', 'catalog'] });
      return assess(asked);
    },
  };
}
