import { isEveryProject, type Reach } from '@runledger/contracts';
import type { DataSource, EntityManager } from 'typeorm';
import { reachedAmong } from './reach-sql';

type Queryable = Pick<DataSource | EntityManager, 'query'>;

/** Series (a run) and key (a metric of it) by their numbers. */
export type MetricNumbers = Readonly<{ series: number; key: number }>;

/** Points of one metric of one run, summed up: those of a range, or all that are stored. */
export type MetricSummary = MetricNumbers &
  Readonly<{
    /** The point at the greatest (step, time, value), where NaN is the least of values. */
    step: bigint;
    time: bigint;
    value: number;
    /** The point at the least (step, time). */
    firstStep: bigint;
    firstTime: bigint;
    /** Of all values but NaN; null without any. */
    min: number | null;
    max: number | null;
    hasNan: boolean;
    /** The last of the points in the order of the log that are not repeats; null when all of them are. */
    last: MetricEnd | null;
    points: number;
    /** Some point does not come behind all those before it by (step, time), so that it may be one of them again. */
    unordered: boolean;
  }>;
/** `origin` is offset * 2^20 + ordinal. */
export type MetricEnd = Readonly<{ origin: bigint; step: bigint; value: number }>;

const INT64_MIN = '-9223372036854775808';

type Column = Readonly<{ name: string; type: string; write: (m: MetricSummary) => unknown; merge?: string }>;

const newer = `(n.step, n.time, n.value <> 'NaN', n.value) > (m.step, m.time, m.value <> 'NaN', m.value)`;
const earlier = `(n.first_step, n.first_time) < (m.first_step, m.first_time)`;
const later = 'n.last_origin > m.last_origin';
const either = (when: string, column: string): string => `case when ${when} then n.${column} else m.${column} end`;

/**
 * How two summaries of the same metric become one: greatest, least and latest, which give the same in any order and however
 * often. Only `points` is a sum, which the offset that moves in the same transaction keeps from being added twice.
 */
const COLUMNS: readonly Column[] = [
  { name: 'series', type: 'int8', write: (m) => m.series },
  { name: 'key', type: 'int8', write: (m) => m.key },
  { name: 'step', type: 'int8', write: (m) => m.step, merge: either(newer, 'step') },
  { name: 'time', type: 'int8', write: (m) => m.time, merge: either(newer, 'time') },
  { name: 'value', type: 'float8', write: (m) => float(m.value), merge: either(newer, 'value') },
  { name: 'first_step', type: 'int8', write: (m) => m.firstStep, merge: either(earlier, 'first_step') },
  { name: 'first_time', type: 'int8', write: (m) => m.firstTime, merge: either(earlier, 'first_time') },
  { name: 'min', type: 'float8', write: (m) => float(m.min), merge: 'least(m.min, n.min)' },
  { name: 'max', type: 'float8', write: (m) => float(m.max), merge: 'greatest(m.max, n.max)' },
  { name: 'has_nan', type: 'bool', write: (m) => m.hasNan, merge: 'm.has_nan or n.has_nan' },
  // A metric always has a first range, and in it a point that is none again.
  { name: 'last_origin', type: 'int8', write: (m) => m.last?.origin ?? INT64_MIN, merge: either(later, 'last_origin') },
  { name: 'last_step', type: 'int8', write: (m) => m.last?.step ?? 0, merge: either(later, 'last_step') },
  { name: 'last', type: 'float8', write: (m) => float(m.last?.value ?? 0), merge: either(later, 'last') },
  { name: 'points', type: 'int8', write: (m) => m.points, merge: 'm.points + n.points' },
  {
    name: 'unordered',
    type: 'bool',
    write: (m) => m.unordered,
    merge: 'm.unordered or n.unordered or (n.first_step, n.first_time) <= (m.step, m.time)',
  },
];

const float = (value: number | null): string => {
  if (value === null) return 'null';
  return Object.is(value, -0) ? '-0' : String(value);
};

/** An array as Postgres reads it. Its elements need no quotes, and the driver, which quotes each, is far slower. */
const literal = (summaries: readonly MetricSummary[], write: Column['write']): string =>
  `{${summaries.map((m) => String(write(m))).join(',')}}`;

const given = COLUMNS.map((c, i) => `$${i + 1}::${c.type}[]`).join(', ');
const names = COLUMNS.map((c) => c.name).join(', ');
const merges = COLUMNS.flatMap((c) =>
  c.merge === undefined ? [] : [`${c.name} = ${c.merge.replaceAll(/\bn\./g, 'excluded.')}`],
);
const MERGE = `insert into read.run_metric as m (${names}) select * from unnest(${given})
  on conflict (series, key) do update set ${merges.join(', ')}`;

/** Adds what a range brings. One summary a metric; in the transaction that moves the offset past the range. */
export async function mergeRunMetrics(tx: Queryable, summaries: readonly MetricSummary[]): Promise<void> {
  if (summaries.length === 0) return;
  await tx.query(
    MERGE,
    COLUMNS.map((c) => literal(summaries, c.write)),
  );
}

/** Of the summaries of a range: those that do not come wholly behind what is stored, by their index. */
export async function findUnordered(source: Queryable, summaries: readonly MetricSummary[]): Promise<Set<number>> {
  const inside = summaries.flatMap((m, i) => (m.unordered ? [i] : []));
  if (summaries.length === 0) return new Set();
  const columns = [COLUMNS[0], COLUMNS[1], COLUMNS[5], COLUMNS[6]] as Column[];
  const rows: Array<{ i: string }> = await source.query(
    `select n.i - 1 as i from unnest($1::int8[], $2::int8[], $3::int8[], $4::int8[])
       with ordinality as n(series, key, first_step, first_time, i)
     join read.run_metric m using (series, key) where (n.first_step, n.first_time) <= (m.step, m.time)`,
    columns.map((c) => literal(summaries, c.write)),
  );
  return new Set([...inside, ...rows.map((row) => Number(row.i))]);
}

/** A metric of a run as it stands. */
export type RunMetric = Omit<MetricSummary, 'series' | 'last'> & Readonly<{ name: string; last: MetricEnd }>;
export type RunMetricPage = Readonly<{
  after?: string | undefined;
  limit: number;
  names?: readonly string[] | undefined;
  /** Only names that contain this, whatever the case. */
  search?: string | undefined;
  /** Only names that begin so. */
  prefix?: string | undefined;
}>;

export type MetricRow = Record<
  'name' | 'key' | 'step' | 'time' | 'first_step' | 'first_time' | 'last_origin' | 'last_step' | 'points',
  string
> &
  Readonly<{
    value: number;
    min: number | null;
    max: number | null;
    has_nan: boolean;
    last: number;
    unordered: boolean;
  }>;

export const metricOf = (name: string, row: Omit<MetricRow, 'name'>): RunMetric => ({
  name,
  key: Number(row.key),
  step: BigInt(row.step),
  time: BigInt(row.time),
  value: row.value,
  firstStep: BigInt(row.first_step),
  firstTime: BigInt(row.first_time),
  min: row.min,
  max: row.max,
  hasNan: row.has_nan,
  last: { origin: BigInt(row.last_origin), step: BigInt(row.last_step), value: row.last },
  points: Number(row.points),
  unordered: row.unordered,
});

const NAME_CONTAINS = `lower(k.key collate "pg_c_utf8") like lower($4 collate "pg_c_utf8")`;
/** A pattern of LIKE for texts that contain this one. */
const contained = (text: string | undefined): string | null =>
  text === undefined ? null : `%${text.replace(/[\\%_]/g, '\\$&')}%`;

/** The names that begin so, as bounds of the index: none of them comes behind the greatest character. */
function beginning(prefix: string | undefined, values: unknown[]): string {
  if (prefix === undefined) return 'true';
  values.push(prefix, `${prefix}\u{10FFFF}`);
  const [from, to] = [`$${values.length - 1}::text`, `$${values.length}::text`];
  return `k.key collate "C" >= ${from} and k.key collate "C" <= ${to} and starts_with(k.key, ${from})`;
}

/** Runs of an experiment or a project whose metrics are told: the newest; and rows of them that are looked at. */
const MOST_RUNS = 1_000;
const MOST_ROWS = 300_000;

export type MetricNamePage = Readonly<{
  experiment?: string | undefined;
  project?: string | undefined;
  search?: string | undefined;
  prefix?: string | undefined;
  after?: string | undefined;
  limit: number;
}>;

/**
 * Names of metrics in their order: all that a workspace knows, or those of the newest runs of an experiment or project; of who is kept to projects,
 * of the newest runs there.
 */
export async function listMetricNames(source: Queryable, reach: Reach, page: MetricNamePage): Promise<string[]> {
  const { experiment = null, project = null } = page;
  const values: unknown[] = [reach.workspace, page.after ?? '', page.limit, contained(page.search)];
  const bounds = Object.entries({ experiment, project }).flatMap(([column, value]) =>
    value === null ? [] : [`r.${column} = $${values.push(value)}`],
  );
  const isNarrow = bounds.length > 0 || !isEveryProject(reach.projects);
  bounds.push(reachedAmong('r.project', reach, values));
  // In the order of an index, and by the collation of the other's: so that only the newest runs are looked at.
  const ofRuns = `k.number in (select key from (select m.key from (
      select s.number from read.run r
        join custody.series s on s.workspace = r.workspace and s.run = r.run collate "default"
      where ${["r.workspace = $1 and r.to_off is null and r.lifecycle = 'active'", ...bounds].join(' and ')}
      order by r.sort_at desc, r.run desc limit ${MOST_RUNS}) n
    join read.run_metric m on m.series = n.number limit ${MOST_ROWS}) of_runs)`;
  const begins = beginning(page.prefix, values);
  const rows: Array<{ key: string }> = await source.query(
    `select k.key from custody.metric_key k
     where k.workspace = $1 and k.key collate "C" > $2 and ($4::text is null or ${NAME_CONTAINS}) and ${isNarrow ? ofRuns : 'true'} and ${begins}
     order by k.key collate "C" limit $3`,
    values,
  );
  return rows.map(({ key }) => key);
}

/** The metrics of a run in the order of their names, after `after`; all of them, or those asked for. */
export async function listRunMetrics(source: Queryable, series: number, page: RunMetricPage): Promise<RunMetric[]> {
  const values: unknown[] = [series, page.after ?? '', page.names ?? null, contained(page.search), page.limit];
  const begins = beginning(page.prefix, values);
  const rows: MetricRow[] = await source.query(
    `select k.key as name, m.* from read.run_metric m join custody.metric_key k on k.number = m.key
     where m.series = $1 and k.key collate "C" > $2 and ($3::text[] is null or k.key = any($3)) and ($4::text is null or ${NAME_CONTAINS})
       and ${begins}
     order by k.key collate "C" limit $5`,
    values,
  );
  return rows.map((row) => metricOf(row.name, row));
}
