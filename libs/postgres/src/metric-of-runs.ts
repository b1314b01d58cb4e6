import type { DataSource } from 'typeorm';
import type { KnownMetrics } from './known-metrics';
import type { MetricSummary } from './run-metric';

/** One metric of a run: its numbers, where its steps begin and end, and how many points it has. */
export type MetricOfRun = Readonly<{ run: string }> &
  Pick<MetricSummary, 'series' | 'key' | 'firstStep' | 'step' | 'points' | 'unordered'>;

type Row = Readonly<Record<'run' | 'series' | 'first_step' | 'step' | 'points', string> & { unordered: boolean }>;

/** A metric of many runs, in the order of the runs; those that never logged it are left out. */
export async function findMetricOfRuns(
  { source, known }: Readonly<{ source: Pick<DataSource, 'query'>; known: KnownMetrics }>,
  workspace: string,
  { runs, name }: Readonly<{ runs: readonly string[]; name: string }>,
): Promise<MetricOfRun[]> {
  const key = (await known.numbersOf(workspace, [name])).get(name);
  if (key === undefined) return [];
  // The number stands in the statement: the planner then looks at one partition.
  const rows: Row[] = await source.query(
    `select s.run, m.series, m.first_step, m.step, m.points, m.unordered
     from custody.series s join read.run_metric m on m.series = s.number
     where s.workspace = $1 and s.run = any ($2) and m.key = ${key}`,
    [workspace, runs],
  );
  const found = new Map(rows.map((row) => [row.run, row]));
  return runs.flatMap((run): MetricOfRun[] => {
    const row = found.get(run);
    if (row === undefined) return [];
    const { series, first_step: first, step, points, unordered } = row;
    return [
      {
        run,
        series: Number(series),
        key,
        firstStep: BigInt(first),
        step: BigInt(step),
        points: Number(points),
        unordered,
      },
    ];
  });
}
