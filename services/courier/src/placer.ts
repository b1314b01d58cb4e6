import { failpoint, type Logger } from '@runledger/kernel';
import { createPositionReads, readRecordedRuns } from '@runledger/postgres';
import { createGoals, type LogEnds } from '@runledger/reads';
import {
  type FoundCrossing,
  type Judgement,
  type PlacedRun,
  placeCrossings,
  putOffCrossing,
  readFound,
  readJudgements,
  settleJudgement,
} from '@runledger/webhooks';
import type { DataSource } from 'typeorm';
import { judgeRun } from './judge-run';
import { createPatience, type Patience } from './patience';

export type PlacerDeps = Readonly<{
  source: DataSource;
  log: LogEnds;
  logger: Logger;
  /** How often to look. */
  pollMs?: number;
  /** Called after something got its place in a feed. */
  onNews(): void;
}>;

export type Placer = Readonly<{ start(): void; stop(): Promise<void> }>;

const POLL_MS = 500;
/** Crossings, and runs to be judged, that are looked at in one round. */
const MOST_AT_A_TIME = 200;
const UNANNOUNCED: PlacedRun = { project: null, experiment: null };

const byWorkspace = <T extends Readonly<{ workspace: string }>>(list: readonly T[]): Array<[string, T[]]> => {
  const groups = new Map<string, T[]>();
  for (const one of list) groups.set(one.workspace, [...(groups.get(one.workspace) ?? []), one]);
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1));
};

/** Where runs lie. One that is not known is waited for until all is projected that was in the log when it was first looked for. */
async function placesOf(
  { source }: PlacerDeps,
  patience: Patience,
  workspace: string,
  found: readonly FoundCrossing[],
): Promise<Array<readonly [FoundCrossing, PlacedRun]>> {
  const known = await readRecordedRuns(
    source,
    workspace,
    found.map(({ run }) => run),
  );
  const placed: Array<readonly [FoundCrossing, PlacedRun]> = [];
  for (const one of found) {
    const run = known.get(one.run);
    if (run !== undefined && run.experiment !== null) placed.push([one, run]);
    else if (await patience.isOver(workspace, `run/${one.run}`, ['runs'])) placed.push([one, UNANNOUNCED]);
  }
  return placed;
}

async function placeFound(deps: PlacerDeps, patience: Patience): Promise<boolean> {
  const found = await readFound(deps.source, MOST_AT_A_TIME);
  for (const [workspace, list] of byWorkspace(found)) {
    const placed = await placesOf(deps, patience, workspace, list);
    const left = await placeCrossings(deps.source, workspace, placed);
    failpoint('courier.after-placed');
    for (const one of left) await putOffCrossing(deps.source, one);
  }
  return found.length > 0;
}

const isSettled = (patience: Patience, { workspace, run, event }: Judgement): Promise<boolean> =>
  patience.isOver(workspace, `end/${run}/${event}`, ['runs', 'series', 'catalog']);

async function judgeEnded(deps: PlacerDeps, patience: Patience): Promise<boolean> {
  const { source, log } = deps;
  let isNews = false;
  for (const judgement of await readJudgements(source, MOST_AT_A_TIME)) {
    if (!(await isSettled(patience, judgement))) continue;
    const judged = await judgeRun(source, log, judgement);
    failpoint('courier.after-judged');
    await settleJudgement(source, judgement, judged);
    isNews = true;
  }
  return isNews;
}

/**
 * Gives what was measured its place in the feeds of workspaces: runs that have crossed a threshold, and what runs that ended came to by
 * their objectives. Many processes may have one: each thing gets its place once, in the transaction that notes it.
 */
export function createPlacer(deps: PlacerDeps): Placer {
  const { source, log, logger, pollMs = POLL_MS, onNews } = deps;
  const goals = createGoals(log, createPositionReads(source));
  const stopping = new AbortController();
  let wake: () => void = () => undefined;
  let done: Promise<void> = Promise.resolve();

  const rest = (): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, pollMs);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });

  async function round(patience: Patience): Promise<void> {
    try {
      patience.begin();
      const isNews = [await placeFound(deps, patience), await judgeEnded(deps, patience)].includes(true);
      if (isNews) onNews();
    } catch (err) {
      logger.warn({ err }, 'what was measured could not be told; it will be');
    }
  }

  return {
    start() {
      done = (async () => {
        for (const patience = createPatience(goals); !stopping.signal.aborted; await rest()) await round(patience);
      })();
    },
    async stop() {
      stopping.abort();
      wake();
      await done;
    },
  };
}
