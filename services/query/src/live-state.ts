import { isEveryProject, type Reach } from '@runledger/contracts';
import type { Filter } from '@runledger/filter';
import type { MovedReads, RunSearches } from '@runledger/postgres';
import type { Taken } from './watch';

/** Up to where a run's series have come: its greatest step, and each metric that was asked for. */
type Progress = Readonly<{
  step: bigint | null;
  metrics: ReadonlyArray<Readonly<{ key: string; step: bigint; points: number }>>;
}>;
export type LiveState = Readonly<{
  /** Anything may have moved: more than is worth telling one by one. */
  all: boolean;
  runs: ReadonlyArray<Readonly<{ run: string; facts: boolean; console: boolean; series: Progress | null }>>;
}>;

type Asked = Readonly<{
  reach: Reach;
  experiment?: string | undefined;
  filter?: Filter | undefined;
  keys?: readonly string[] | undefined;
}>;
export type LiveReads = Readonly<{ moved: MovedReads; search: Pick<RunSearches, 'find'> }>;

/** Those of the runs that the reader follows: all, those of an experiment, or those that a search finds as they are now. */
async function followed({ moved, search }: LiveReads, asked: Asked, names: readonly string[]): Promise<Set<string>> {
  const { reach, experiment, filter } = asked;
  if (filter === undefined) {
    const isAnyones = experiment === undefined && isEveryProject(reach.projects);
    return isAnyones ? new Set(names) : moved.reached(reach, names, experiment);
  }
  if (names.length === 0) return new Set();
  const isOne = { is: 'among', field: { part: 'attribute', key: 'run_id' }, values: names, negated: false } as const;
  const { runs } = await search.find({
    reach,
    experiments: experiment === undefined ? undefined : [experiment],
    filter: { is: 'all', terms: [isOne, filter] },
    order: [],
    limit: names.length,
  });
  return new Set(runs.map(({ run }) => run));
}

/** What a reader is told of the moves that he takes; null when none of them is his. */
export async function liveStateOf(reads: LiveReads, asked: Asked, { moves, all }: Taken): Promise<LiveState | null> {
  const { keys, reach } = asked;
  const { workspace } = reach;
  const names = [...moves.keys()];
  const mine = await followed(reads, asked, names);
  const runs = names.filter((run) => mine.has(run)).sort();
  const withSeries = runs.filter((run) => moves.get(run)?.series === true);
  const [steps, metrics] = await Promise.all([
    withSeries.length === 0 ? new Map<string, bigint>() : reads.moved.reachOfRuns(workspace, withSeries),
    withSeries.length === 0 || keys === undefined ? [] : reads.moved.reachOfMetrics(workspace, withSeries, keys),
  ]);
  if (!all && runs.length === 0) return null;
  return {
    all,
    runs: runs.map((run) => ({
      run,
      facts: moves.get(run)?.facts === true,
      console: moves.get(run)?.console === true,
      series:
        moves.get(run)?.series === true
          ? {
              step: steps.get(run) ?? null,
              metrics: metrics.filter((m) => m.run === run).map(({ key, step, points }) => ({ key, step, points })),
            }
          : null,
    })),
  };
}
