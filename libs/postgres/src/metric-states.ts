import type { DataSource, EntityManager } from 'typeorm';
import { metricNumbersOf } from './search-metrics';

type Queryable = Pick<DataSource | EntityManager, 'query'>;

/** A metric of a series as it is summed up. */
export type MetricStateRow = Readonly<{
  series: number;
  key: string;
  step: bigint;
  time: bigint;
  latest: number;
  last: number;
  min: number | null;
  max: number | null;
}>;

/** These metrics of these series, as far as there are any. */
export async function readMetricStates(
  source: Queryable,
  workspace: string,
  asked: Readonly<{ series: readonly number[]; keys: readonly string[] }>,
): Promise<MetricStateRow[]> {
  const numbers = await metricNumbersOf(source, workspace, [...new Set(asked.keys)]);
  const nameOf = new Map([...numbers].map(([key, number]) => [number, key]));
  if (numbers.size === 0 || asked.series.length === 0) return [];
  const rows: Array<
    Record<'series' | 'key' | 'step' | 'time', string> & Pick<MetricStateRow, 'latest' | 'last' | 'min' | 'max'>
  > = await source.query(
    `select m.series, m.key, m.step, m.time, m.value as latest, m.last, m.min, m.max from read.run_metric m
     where m.series = any($1::int8[]) and m.key = any($2::int8[])`,
    [asked.series, [...numbers.values()]],
  );
  return rows.map(({ series, key, step, time, ...values }) => ({
    series: Number(series),
    key: nameOf.get(Number(key)) ?? '',
    step: BigInt(step),
    time: BigInt(time),
    ...values,
  }));
}
