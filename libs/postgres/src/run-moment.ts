import type { SqlValues } from '@runledger/filter';
import type { DataSource } from 'typeorm';
import type { AsOf } from './as-of';
import type { MetricSummary } from './run-metric';

type Pair = Readonly<{ series: number; key: number }>;
export type PastSummary = Omit<MetricSummary, 'last' | 'unordered'> &
  Readonly<{ last: NonNullable<MetricSummary['last']> }>;
/** Sums metrics up from their points, as of cuts of the metrics' partitions; those without a point by then are left out. */
export type SumUpPast = (pairs: readonly Pair[], cuts: readonly number[]) => Promise<PastSummary[]>;

/**
 * How a search sees its tables as of a moment. A summary that no later record has touched is what it was; the others are summed
 * up again from their points, and stand beside the table.
 */
export type RunMoment = Readonly<{
  /** SQL of the first offset of facts that is not seen, for a row `alias` that has a run's partition in `lp`. */
  facts(alias: string): string;
  /** The same of metrics, as an origin. */
  origin(alias: string): string;
  /** Relation of the metric's summaries with `last_origin`: of those that are later than the moment, none may be shown. */
  summaries(key: number): string;
}>;

const COLUMNS = 'series, value, min, max, last, last_origin';

/** A number as the driver hands it on with its sign: it writes -0 as 0. */
const signed = (value: number | null): number | string | null => (Object.is(value, -0) ? '-0' : value);

/** Placeholders of summaries as a relation. */
function pastRelation(past: readonly PastSummary[], values: SqlValues): string {
  const columns: Array<readonly [type: string, values: readonly unknown[]]> = [
    ['int8[]', past.map((one) => one.series)],
    ['int8[]', past.map((one) => one.key)],
    ['float8[]', past.map((one) => signed(one.value))],
    ['float8[]', past.map((one) => signed(one.min))],
    ['float8[]', past.map((one) => signed(one.max))],
    ['float8[]', past.map((one) => signed(one.last.value))],
  ];
  const given = columns.map(([type, list]) => values.add(list, type));
  return `(select *, -1::int8 as last_origin from unnest(${given.join(', ')}) as p(series, key, value, min, max, last))`;
}

/** The expressions of a moment, before it is known which summaries have to be summed up again. */
export function cutsOf(asOf: AsOf, values: SqlValues): Pick<RunMoment, 'facts' | 'origin'> {
  // A run has the same partition in both topics: they have the same key and as many partitions.
  // A statement must use every value that it has.
  let facts: string | undefined;
  let metrics: string | undefined;
  return {
    facts(alias) {
      facts ??= values.add(asOf.runs, 'int8[]');
      return `(${facts})[${alias}.lp + 1]`;
    },
    origin(alias) {
      metrics ??= values.add(asOf.metrics, 'int8[]');
      return `((${metrics})[${alias}.lp + 1] << 20)`;
    },
  };
}

/** A relation of all metrics' summaries: what lies in the table, and what was summed up again. */
export const allSummaries = (past: readonly PastSummary[], values: SqlValues): string =>
  `(select key, ${COLUMNS} from read.run_metric union all select key, ${COLUMNS} from ${pastRelation(past, values)} again)`;

export function momentOf(
  cuts: Pick<RunMoment, 'facts' | 'origin'>,
  past: readonly PastSummary[],
  values: SqlValues,
): RunMoment {
  const relations = new Map<number, string>();
  const again = (key: number): string => {
    const made =
      relations.get(key) ??
      pastRelation(
        past.filter((one) => one.key === key),
        values,
      );
    relations.set(key, made);
    return made;
  };
  return {
    ...cuts,
    summaries: (key) =>
      `(select ${COLUMNS} from read.run_metric where key = ${key} union all select ${COLUMNS} from ${again(key)} again)`,
  };
}

/** Metrics of runs which records behind the moment have touched. `found` is a relation `r` of runs with `lp`, `number` the SQL of its series. */
export async function stalePairs(
  source: Pick<DataSource, 'query'>,
  asked: Readonly<{ found: string; number: string; keys: readonly number[] | null; origin: string; values: SqlValues }>,
): Promise<Pair[]> {
  const { found, number, keys, origin, values } = asked;
  const ofKeys = keys === null ? 'true' : `m.key = any (${values.add(keys, 'int8[]')})`;
  const rows: Array<{ series: string; key: string }> = await source.query(
    `select m.series, m.key from ${found} join read.run_metric m on m.series = ${number}
     where ${ofKeys} and m.last_origin >= ${origin}`,
    values.list,
  );
  return rows.map(({ series, key }) => ({ series: Number(series), key: Number(key) }));
}
