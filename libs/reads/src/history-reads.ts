import {
  type ClickHouse,
  createHistoryReads as createPointHistories,
  type HistoryPage,
  type PointCursor,
  type StoredPoint,
} from '@runledger/clickhouse';
import { createKnownMetrics, findMetricOfRuns, type MetricOfRun } from '@runledger/postgres';
import type { DataSource } from 'typeorm';
import { regularSteps, type StepBounds, type Steps } from './regular-steps';

type Sampling = StepBounds & Readonly<{ key: string; choose: (steps: Steps, ends: readonly bigint[]) => bigint[] }>;

const NOTHING: HistoryPage = {
  steps: new BigInt64Array(),
  times: new BigInt64Array(),
  values: new Float64Array(),
};

/** Whole histories of metrics by their names, in columns, and parts of them. */
export function createHistoryReads({ source, clickhouse }: { source: DataSource; clickhouse: ClickHouse }) {
  const histories = createPointHistories(clickhouse);

  const metrics = { source, known: createKnownMetrics(source) };

  /**
   * The points at steps that are chosen without reading which there are, which takes as long as reading the points. Null where a
   * curve is not as regular as it looked: a step that was chosen is not there.
   */
  async function sampleRegular(found: readonly MetricOfRun[], asked: Sampling): Promise<StoredPoint[] | null> {
    const regular = regularSteps(found, asked);
    const [first] = found;
    if (regular === null || first === undefined) return null;
    const chosen = asked.choose(regular.steps, regular.ends);
    const points = await histories.at({ series: found.map(({ series }) => series), key: first.key, steps: chosen });
    const there = new Set(points.map(({ series, step }) => `${series} ${step}`));
    const isThere = found.every(({ series, step: last }) =>
      chosen.every((step) => step > last || there.has(`${series} ${step}`)),
    );
    return isThere ? points : null;
  }

  async function sampleFromSteps(found: readonly MetricOfRun[], asked: Sampling): Promise<StoredPoint[]> {
    const [first] = found;
    if (first === undefined) return [];
    const of = { series: found.map(({ series }) => series), key: first.key }; // a name has one number in a workspace
    const steps = await histories.steps({ ...of, from: asked.from, to: asked.to });
    const ends =
      found.length === 1
        ? [...steps.subarray(0, 1), ...steps.subarray(-1)]
        : await histories.ends({ ...of, from: asked.from, to: asked.to });
    return histories.at({ ...of, steps: asked.choose(steps, ends) });
  }

  return {
    /** Up to `limit` points after the cursor, by step, time and order of arrival. */
    async page(
      workspace: string,
      run: string,
      { key, after, limit }: { key: string; after: PointCursor | null; limit: number },
    ): Promise<{ points: HistoryPage; next: PointCursor | null }> {
      const [found] = await findMetricOfRuns(metrics, workspace, { runs: [run], name: key });
      return found === undefined ? { points: NOTHING, next: null } : histories.page({ ...found, after, limit });
    },

    /** Points of a metric at the steps that `choose` picks from all steps that any of the runs has; it is told each run's first and last. */
    async sampled(
      workspace: string,
      runs: readonly string[],
      asked: Sampling,
    ): Promise<Array<{ run: string; points: StoredPoint[] }>> {
      const found = await findMetricOfRuns(metrics, workspace, { runs, name: asked.key });
      const points = (await sampleRegular(found, asked)) ?? (await sampleFromSteps(found, asked));
      return found.map(({ run, series }) => ({ run, points: points.filter((point) => point.series === series) }));
    },
  };
}
export type HistoryReads = ReturnType<typeof createHistoryReads>;
