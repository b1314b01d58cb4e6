import type { DataSource } from 'typeorm';
import type { KnownMetrics } from './known-metrics';

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

type Row = Readonly<Record<'run' | 'keys' | 'values' | 'steps' | 'times', string>>;

/** An array of numbers as Postgres writes it: `{1,2}`. */
const items = (array: string): string[] => array.slice(1, -1).split(',');

type Order = Readonly<{ names: readonly string[]; places: readonly number[] }>;

type Named = Readonly<{ name: string; rank: number }>;

function inOrder(keys: readonly string[], named: ReadonlyMap<string, Named>): Order {
  const own = keys.flatMap((key, place) => {
    const found = named.get(key);
    return found === undefined ? [] : [{ ...found, place }];
  });
  own.sort((a, b) => a.rank - b.rank);
  return { names: own.map(({ name }) => name), places: own.map(({ place }) => place) };
}

type OfRuns = Readonly<{
  source: Pick<DataSource, 'query'>;
  metrics: KnownMetrics;
  workspace: string;
  runs: readonly string[];
}>;

/** Numbers in an array are looked up in each partition, where a join reads all of them. */
const LATEST = `select s.run, m.* from (
    select series, array_agg(key)::text as keys, array_agg(value)::text as values, array_agg(step)::text as steps,
      array_agg(time)::text as times
    from read.run_metric
    where series = any (array(select number from custody.series where workspace = $1 and run = any ($2))) group by series
  ) m join custody.series s on s.number = m.series`;

/** Of each run that has metrics. */
export async function loadLatest({ source, metrics, workspace, runs }: OfRuns): Promise<Map<string, LatestMetrics>> {
  const rows: Row[] = await source.query(LATEST, [workspace, runs]);
  // Runs of one experiment log the same metrics, and mostly lie in the same order.
  const kinds = new Map(rows.map(({ keys }) => [keys, items(keys)]));
  const names = await metrics.namesOf([...kinds.values()].flat());
  const named = new Map([...names].map(([number, name], rank): [string, Named] => [number, { name, rank }]));
  const orders = new Map([...kinds].map(([text, keys]) => [text, inOrder(keys, named)]));
  return new Map(
    rows.map((row) => {
      const { names: ordered, places } = orders.get(row.keys) as Order;
      const column = (array: string): string[] => {
        const found = items(array);
        return places.map((place) => found[place] as string);
      };
      return [
        row.run,
        { names: ordered, values: column(row.values), steps: column(row.steps), times: column(row.times) },
      ];
    }),
  );
}
