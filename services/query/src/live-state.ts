import type { MovedReads } from '@runledger/postgres';
import type { Taken } from './watch';

/** Up to where a run's series have come: its greatest step, and each metric that was asked for. */
type Reach = Readonly<{
  step: bigint | null;
  metrics: ReadonlyArray<Readonly<{ key: string; step: bigint; points: number }>>;
}>;
export type LiveState = Readonly<{
  /** Anything may have moved: more than is worth telling one by one. */
  all: boolean;
  runs: ReadonlyArray<Readonly<{ run: string; facts: boolean; console: boolean; series: Reach | null }>>;
}>;

type Asked = Readonly<{ workspace: string; experiment?: string | undefined; keys?: readonly string[] | undefined }>;

/** What a reader is told of the moves that he takes; null when none of them is his. */
export async function liveStateOf(reads: MovedReads, asked: Asked, { moves, all }: Taken): Promise<LiveState | null> {
  const { workspace, experiment, keys } = asked;
  const names = [...moves.keys()];
  const mine = experiment === undefined ? new Set(names) : await reads.inExperiment(workspace, names, experiment);
  const runs = names.filter((run) => mine.has(run)).sort();
  const withSeries = runs.filter((run) => moves.get(run)?.series === true);
  const [steps, metrics] = await Promise.all([
    withSeries.length === 0 ? new Map<string, bigint>() : reads.reachOfRuns(workspace, withSeries),
    withSeries.length === 0 || keys === undefined ? [] : reads.reachOfMetrics(workspace, withSeries, keys),
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
