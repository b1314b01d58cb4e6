import type { Reach } from '@runledger/contracts';
import type { DataSource } from 'typeorm';
import { reachedAmong } from './reach-sql';

/** How far one metric of a run has come. */
export type MetricReach = Readonly<{ run: string; key: string; step: bigint; points: number }>;

/** What has moved, for readers who watch. */
export const createMovedReads = (source: DataSource) => ({
  /** Those of the runs whose series have points from their partition's offset on. */
  async seriesSince(workspace: string, runs: ReadonlyArray<{ run: string; offset: number }>): Promise<string[]> {
    const rows: Array<{ run: string }> = await source.query(
      `select n.run from unnest($2::text[], $3::int8[]) as n(run, off)
       join custody.series s on s.workspace = $1 and s.run = n.run
       where exists (select 1 from read.run_metric m where m.series = s.number and m.last_origin >= n.off << 20)`,
      [workspace, runs.map((r) => r.run), runs.map((r) => r.offset)],
    );
    return rows.map((row) => row.run);
  },

  /** The greatest step of each of the runs that have points. */
  async reachOfRuns(workspace: string, runs: readonly string[]): Promise<Map<string, bigint>> {
    const rows: Array<{ run: string; step: string }> = await source.query(
      `select s.run, max(m.step) as step from custody.series s join read.run_metric m on m.series = s.number
       where s.workspace = $1 and s.run = any($2) group by s.run`,
      [workspace, runs],
    );
    return new Map(rows.map((row) => [row.run, BigInt(row.step)]));
  },

  /** How far the metrics of a chart have come. `points` counts stored rows: a repeat may count twice until it is merged. */
  async reachOfMetrics(workspace: string, runs: readonly string[], keys: readonly string[]): Promise<MetricReach[]> {
    const rows: Array<{ run: string; key: string; step: string; points: string }> = await source.query(
      `select s.run, k.key, m.step, m.points from custody.series s
       join custody.metric_key k on k.workspace = s.workspace and k.key = any($3)
       join read.run_metric m on m.series = s.number and m.key = k.number
       where s.workspace = $1 and s.run = any($2) order by s.run collate "C", k.key collate "C"`,
      [workspace, runs, keys],
    );
    return rows.map((row) => ({ ...row, step: BigInt(row.step), points: Number(row.points) }));
  },

  /** Those of the runs that are reached, and belong to the experiment now where one is named. */
  async reached(reach: Reach, runs: readonly string[], experiment: string | undefined): Promise<Set<string>> {
    const params: unknown[] = [reach.workspace, runs, experiment ?? null];
    const rows: Array<{ run: string }> = await source.query(
      `select run from read.run where workspace = $1 and run = any($2) and ($3::text is null or experiment = $3)
         and to_off is null and ${reachedAmong('project', reach, params)}`,
      params,
    );
    return new Set(rows.map((row) => row.run));
  },
});
export type MovedReads = ReturnType<typeof createMovedReads>;
