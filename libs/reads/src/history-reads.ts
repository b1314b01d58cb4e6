import {
  type ClickHouse,
  createHistoryReads as createPointHistories,
  type HistoryPage,
  type PointCursor,
  type StoredPoint,
} from '@runledger/clickhouse';
import { findSeries, listRunMetrics } from '@runledger/postgres';
import type { DataSource } from 'typeorm';

/** One metric of a run, by its numbers. */
export type LocatedMetric = Readonly<{ run: string; series: number; key: number }>;
export type StepBounds = Readonly<{ from: bigint; to: bigint }>;

const NOTHING: HistoryPage = {
  steps: new BigInt64Array(),
  times: new BigInt64Array(),
  values: new Float64Array(),
};

/** Whole histories of metrics by their names, in columns, and parts of them. */
export function createHistoryReads({ source, clickhouse }: { source: DataSource; clickhouse: ClickHouse }) {
  const histories = createPointHistories(clickhouse);

  async function locate(workspace: string, run: string, key: string): Promise<LocatedMetric | null> {
    const series = await findSeries(source, { workspace, run });
    if (series === null) return null;
    const [metric] = await listRunMetrics(source, series, { names: [key], limit: 1 });
    return metric === undefined ? null : { run, series, key: metric.key };
  }

  return {
    /** Up to `limit` points after the cursor, by step, time and order of arrival. */
    async page(
      workspace: string,
      run: string,
      { key, after, limit }: { key: string; after: PointCursor | null; limit: number },
    ): Promise<{ points: HistoryPage; next: PointCursor | null }> {
      const found = await locate(workspace, run, key);
      return found === null ? { points: NOTHING, next: null } : histories.page({ ...found, after, limit });
    },

    /** Points of a metric at the steps that `choose` picks from all steps that any of the runs has; it is told each run's first and last. */
    async sampled(
      workspace: string,
      runs: readonly string[],
      asked: StepBounds & { key: string; choose: (steps: BigInt64Array, ends: readonly bigint[]) => bigint[] },
    ): Promise<Array<{ run: string; points: StoredPoint[] }>> {
      const located = await Promise.all(runs.map((run) => locate(workspace, run, asked.key)));
      const found = located.filter((metric) => metric !== null);
      const [first] = found;
      if (first === undefined) return [];
      const of = { series: found.map(({ series }) => series), key: first.key }; // a name has one number in a workspace
      const steps = await histories.steps({ ...of, ...asked, key: of.key });
      const ends =
        found.length === 1
          ? [...steps.subarray(0, 1), ...steps.subarray(-1)]
          : await histories.ends({ ...of, from: asked.from, to: asked.to });
      const points = await histories.at({ ...of, steps: asked.choose(steps, ends) });
      return found.map(({ run, series }) => ({ run, points: points.filter((point) => point.series === series) }));
    },
  };
}
export type HistoryReads = ReturnType<typeof createHistoryReads>;
