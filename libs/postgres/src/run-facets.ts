import { compileFilter, type Filter, type SqlValues } from '@runledger/filter';
import { heldSql, recordedSql } from './as-of';
import { allSummaries, type PastSummary, type RunMoment } from './run-moment';
import type { SearchTable } from './search-sql';

/** Runs that are looked at; of more, the newest. */
const MOST_RUNS = 10_000;
/** Names that are told, the most frequent first; and of each the most frequent values, as far as their first 200 characters tell. */
const MOST_NAMES = 500;
const MOST_VALUES = 20;

export type ValueCount = Readonly<{ value: string; runs: number }>;
/** What a param or a tag is among the runs that were looked at. */
export type TextFacet = Readonly<{
  key: string;
  /** Runs that have it. */
  runs: number;
  /** Different values. */
  distinct: number;
  /** Of the values that are numbers; null where none is. */
  min: number | null;
  max: number | null;
  values: readonly ValueCount[];
}>;
/** What a metric's latest value is among the runs. `min` and `max` without NaN; null where there is nothing else. */
export type MetricFacet = Readonly<{ key: string; runs: number; nans: number; min: number | null; max: number | null }>;

export type FacetQuestion = Readonly<{
  table: SearchTable;
  values: SqlValues;
  scope: string;
  filter: Filter;
  moment: RunMoment | null;
  /** As of a moment: summaries of the found runs that were summed up again. */
  past: readonly PastSummary[];
}>;

/** The newest runs that match, as they stand behind `with`. */
export function foundSql({ table, values, scope, filter }: Omit<FacetQuestion, 'past'>, most = MOST_RUNS): string {
  const where = compileFilter(filter, { entity: table.entity, target: table.target, values });
  const found = `found as materialized (
    select r.run, r.lp, s.number, r.experiment, r.status from ${table.from} where ${scope} and ${where}
    order by r.sort_at desc, r.run limit ${most})`;
  return [...(table.sets ?? []), found].join(', ');
}

/** Params (or current tags) of the found runs, each with its most frequent values. */
function textFacetsSql(question: FacetQuestion, table: 'run_param' | 'run_tag', workspace: string): string {
  const cut = question.moment?.facts('found') ?? null;
  const [number, current] =
    table === 'run_param' ? ['p.number', recordedSql('p', cut)] : ['null::float8', heldSql('p', cut)];
  return `with ${foundSql(question)},
    counted as (
      select p.key, p.short as value, min(${number}) as low, max(${number}) as high, count(*) as n
      from found join read.${table} p on p.workspace = ${workspace} and p.run = found.run and ${current} group by 1, 2),
    ranked as (
      select *, row_number() over (partition by key order by n desc, value collate "C") as rank,
        count(*) over of_key as distinct_values, sum(n) over of_key as runs, min(low) over of_key as least, max(high) over of_key as greatest
      from counted window of_key as (partition by key))
    select key, max(runs) as runs, max(distinct_values) as distinct_values, max(least) as low, max(greatest) as high,
      array_agg(value order by rank) as texts, array_agg(n order by rank) as counts
    from ranked where rank <= ${MOST_VALUES} group by key order by 2 desc, key collate "C" limit ${MOST_NAMES}`;
}

function metricFacetsSql(question: FacetQuestion): string {
  const { moment, past, values } = question;
  const summaries =
    moment === null
      ? 'read.run_metric m on m.series = found.number'
      : `${allSummaries(past, values)} m on m.series = found.number and m.last_origin < ${moment.origin('found')}`;
  return `with ${foundSql(question)}
    select k.key, count(*) as runs, count(*) filter (where m.value = 'NaN') as nans,
      min(nullif(m.value, 'NaN')) as low, max(nullif(m.value, 'NaN')) as high
    from found join ${summaries} join custody.metric_key k on k.number = m.key
    group by k.key order by 2 desc, k.key collate "C" limit ${MOST_NAMES}`;
}

/** One run more than is looked at, which tells that there are more. */
function groupsSql(question: FacetQuestion): string {
  return `with ${foundSql(question, MOST_RUNS + 1)}
    select grouping(experiment) as is_status, coalesce(experiment, status) as value, count(*) as n
    from found group by grouping sets ((experiment), (status)) order by 3 desc, 2`;
}

/** What the runs are that match: which params and tags they have, and with which values. */
export type RunFacets = Readonly<{
  /** Runs that were looked at; when more match, they are the newest. */
  runs: number;
  isComplete: boolean;
  experiments: readonly ValueCount[];
  statuses: readonly ValueCount[];
  params: readonly TextFacet[];
  tags: readonly TextFacet[];
  metrics: readonly MetricFacet[];
}>;

type Asked<Row> = (sqlOf: (question: FacetQuestion, workspace: string) => string) => Promise<Row[]>;
type TextRow = Readonly<{
  key: string;
  runs: string;
  distinct_values: string;
  low: number | null;
  high: number | null;
  texts: string[];
  counts: string[];
}>;
type MetricRow = Readonly<{ key: string; runs: string; nans: string; low: number | null; high: number | null }>;
type GroupRow = Readonly<{ is_status: number; value: string | null; n: string }>;

const textFacetOf = (row: TextRow): TextFacet => ({
  key: row.key,
  runs: Number(row.runs),
  distinct: Number(row.distinct_values),
  min: row.low,
  max: row.high,
  values: row.texts.map((value, i) => ({ value, runs: Number(row.counts[i]) })),
});
const metricFacetOf = ({ key, runs, nans, low, high }: MetricRow): MetricFacet => ({
  key,
  runs: Number(runs),
  nans: Number(nans),
  min: low,
  max: high,
});
const countOf = ({ value, n }: GroupRow): ValueCount => ({ value: value ?? '', runs: Number(n) });

/** Reads all facets; `ask` runs a statement on a question of its own. */
export async function readFacets(ask: Asked<unknown>): Promise<RunFacets> {
  const groups = (await ask(groupsSql)) as GroupRow[];
  const statuses = groups.filter((row) => row.is_status === 1).map(countOf);
  const runs = statuses.reduce((sum, { runs: n }) => sum + n, 0);
  return {
    runs: Math.min(runs, MOST_RUNS),
    isComplete: runs <= MOST_RUNS,
    statuses,
    experiments: groups.filter((row) => row.is_status === 0).map(countOf),
    params: ((await ask((question, workspace) => textFacetsSql(question, 'run_param', workspace))) as TextRow[]).map(
      textFacetOf,
    ),
    tags: ((await ask((question, workspace) => textFacetsSql(question, 'run_tag', workspace))) as TextRow[]).map(
      textFacetOf,
    ),
    metrics: ((await ask(metricFacetsSql)) as MetricRow[]).map(metricFacetOf),
  };
}
