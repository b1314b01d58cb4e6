import type { DataSource } from 'typeorm';
import type { RunMetric } from './run-metric';

/**
 * The latest values of a run's metrics as columns, in the order of their names. Numbers are the engine's own texts, so that those of
 * thousands of metrics reach an answer without being read: NaN and the infinities are words, integers are digits.
 */
export type LatestMetrics = Readonly<{
  names: readonly string[];
  values: readonly string[];
  steps: readonly string[];
  times: readonly string[];
}>;

export const NO_METRICS: LatestMetrics = { names: [], values: [], steps: [], times: [] };

type Row = Readonly<Record<'series' | 'keys' | 'values' | 'steps' | 'times', string>>;

/** An array of numbers as Postgres writes it: `{1,2}`. */
const items = (array: string): string[] => array.slice(1, -1).split(',');

async function namesOf(source: Pick<DataSource, 'query'>, numbers: readonly string[]): Promise<Map<string, string>> {
  const rows: Array<{ number: string; key: string }> = await source.query(
    'select number, key from custody.metric_key where number = any ($1)',
    [numbers],
  );
  return new Map(rows.map(({ number, key }) => [number, key]));
}

type Order = Readonly<{ names: readonly string[]; places: readonly number[] }>;

const inOrder = (keys: readonly string[], names: ReadonlyMap<string, string>): Order => {
  const named = keys.map((key, place) => ({ name: names.get(key) ?? '', place }));
  named.sort((a, b) => (a.name < b.name ? -1 : 1));
  return { names: named.map(({ name }) => name), places: named.map(({ place }) => place) };
};

/** Of each run that has metrics. */
export async function loadLatest(
  source: Pick<DataSource, 'query'>,
  workspace: string,
  runs: readonly string[],
): Promise<Map<string, LatestMetrics>> {
  const series: Array<{ run: string; number: string }> = await source.query(
    'select run, number from custody.series where workspace = $1 and run = any ($2)',
    [workspace, runs],
  );
  const runOf = new Map(series.map(({ run, number }) => [number, run]));
  // Numbers in the statement are looked up in each partition, where a join reads all of them.
  const rows: Row[] = await source.query(
    `select series, array_agg(key)::text as keys, array_agg(value)::text as values, array_agg(step)::text as steps,
       array_agg(time)::text as times
     from read.run_metric where series = any ($1) group by series`,
    [[...runOf.keys()]],
  );
  // Runs of one experiment log the same metrics, and mostly lie in the same order.
  const kinds = new Map(rows.map(({ keys }) => [keys, items(keys)]));
  const names =
    kinds.size === 0 ? new Map<string, string>() : await namesOf(source, [...new Set([...kinds.values()].flat())]);
  const orders = new Map([...kinds].map(([text, keys]) => [text, inOrder(keys, names)]));
  return new Map(
    rows.map((row) => {
      const { names: ordered, places } = orders.get(row.keys) as Order;
      const column = (array: string): string[] => {
        const found = items(array);
        return places.map((place) => found[place] as string);
      };
      return [
        runOf.get(row.series) ?? '',
        { names: ordered, values: column(row.values), steps: column(row.steps), times: column(row.times) },
      ];
    }),
  );
}

/** The same of metrics that were read whole. */
export const latestOf = (metrics: readonly RunMetric[]): LatestMetrics => ({
  names: metrics.map(({ name }) => name),
  values: metrics.map(({ value }) => (Object.is(value, -0) ? '-0' : String(value))),
  steps: metrics.map(({ step }) => String(step)),
  times: metrics.map(({ time }) => String(time)),
});
