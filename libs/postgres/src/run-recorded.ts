import type { DataSource, EntityManager } from 'typeorm';
import { readNumber, selectTime } from './columns';
import { metricNumbersOf } from './search-metrics';

type Queryable = Pick<DataSource | EntityManager, 'query'>;

/** What objectives look at. */
export type RecordedRun = Readonly<{
  run: string;
  /** Null while nothing but metrics is known of it. */
  project: string | null;
  experiment: string | null;
  /** ms since 1970: what it says, or when the log first had something of it if that was earlier. */
  began: number | null;
  /** By whom its first fact was. */
  startedBy: string | null;
}>;
export type RecordedMetric = Readonly<{
  latest: number;
  last: number;
  min: number | null;
  max: number | null;
}>;

/** Runs by id; those of which nothing is known are left out. */
export async function readRecordedRuns(
  source: Queryable,
  workspace: string,
  runs: readonly string[],
): Promise<Map<string, RecordedRun>> {
  const rows: Array<Record<'run' | 'project' | 'began' | 'started_by', string> & { experiment: string | null }> =
    await source.query(
      `select r.run, r.project, r.experiment, ${selectTime('least(r.started_at, r.first_time)', 'began')},
         (select f.from_actor from read.run f where f.workspace = r.workspace and f.run = r.run
          order by f.from_off, f.from_ord limit 1) as started_by
       from read.run r where r.workspace = $1 and r.run = any($2::text[]) and r.to_off is null`,
      [workspace, runs],
    );
  const recorded = rows.map(
    ({ run, project, experiment, began, started_by }): RecordedRun => ({
      run,
      project,
      experiment,
      began: readNumber(began),
      startedBy: started_by,
    }),
  );
  return new Map(recorded.map((run) => [run.run, run]));
}

/** Digests of the data sets that runs have used, by run. */
export async function readRunDatasets(
  source: Queryable,
  workspace: string,
  runs: readonly string[],
): Promise<Map<string, ReadonlySet<string>>> {
  const rows: Array<{ run: string; digests: string[] }> = await source.query(
    `select run, array_agg(distinct digest) as digests from read.run_input
     where workspace = $1 and run = any($2::text[]) group by run`,
    [workspace, runs],
  );
  return new Map(rows.map(({ run, digests }) => [run, new Set(digests)]));
}

/** These metrics of these runs, by run and key. */
export async function readRunMeasures(
  source: Queryable,
  workspace: string,
  asked: Readonly<{ runs: readonly string[]; keys: readonly string[] }>,
): Promise<Map<string, Map<string, RecordedMetric>>> {
  const numbers = await metricNumbersOf(source, workspace, [...new Set(asked.keys)]);
  const keyOf = new Map([...numbers].map(([key, number]) => [number, key]));
  const measures = new Map<string, Map<string, RecordedMetric>>();
  if (numbers.size === 0) return measures;
  const rows: Array<RecordedMetric & { run: string; key: string }> = await source.query(
    `select s.run, m.key, m.value as latest, m.last, m.min, m.max
     from custody.series s join read.run_metric m on m.series = s.number
     where s.workspace = $1 and s.run = any($2::text[]) and m.key = any($3::bigint[])`,
    [workspace, asked.runs, [...numbers.values()]],
  );
  for (const { run, key, ...metric } of rows) {
    const ofRun = measures.get(run) ?? new Map<string, RecordedMetric>();
    measures.set(run, ofRun.set(keyOf.get(Number(key)) ?? '', metric));
  }
  return measures;
}

/** How much there is, and SHA-256 of it in hex. */
export type CountedDigest = Readonly<{ count: number; digest: string }>;

const digestOf = (lines: string, order: string): string =>
  `encode(sha256(convert_to(coalesce(string_agg(${lines}, E'\\n' order by ${order}), ''), 'UTF8')), 'hex')`;

async function counted(source: Queryable, sql: string, params: readonly unknown[]): Promise<CountedDigest> {
  const rows: Array<{ count: string; digest: string }> = await source.query(sql, [...params]);
  return { count: Number(rows[0]?.count), digest: rows[0]?.digest ?? '' };
}

/** Over a line `<event> <digest>` for each fact of the run that had its effect, in the order of the events' ids. */
export const digestRunFacts = (source: Queryable, workspace: string, run: string): Promise<CountedDigest> =>
  counted(
    source,
    `select count(*), ${digestOf(`event || ' ' || encode(digest, 'hex')`, 'event')} as digest
     from read.applied_event where workspace = $1 and run = $2`,
    [workspace, run],
  );

const METRIC_LINE = `concat_ws(' ', to_json(k.key), m.step, m.time, m.value, m.first_step, m.first_time,
  coalesce(m.min::text, '-'), coalesce(m.max::text, '-'), m.last_origin)`;

/** Over a line for each metric of the run, which another point of it changes. */
export const digestRunMetrics = (source: Queryable, workspace: string, run: string): Promise<CountedDigest> =>
  counted(
    source,
    `select count(*), ${digestOf(METRIC_LINE, 'k.key collate "C"')} as digest
     from custody.series s join read.run_metric m on m.series = s.number join custody.metric_key k on k.number = m.key
     where s.workspace = $1 and s.run = $2`,
    [workspace, run],
  );

/** Decisions that say something else of a version; its stage and its aliases are where it is, not what it is. */
const CHANGES = ['version.described', 'version.tagged', 'version.untagged', 'version.linked'];

/** How often what is said of a version was changed, in the journal itself. */
export async function countVersionChanges(
  source: Queryable,
  workspace: string,
  { model, version }: Readonly<{ model: string; version: number }>,
): Promise<number> {
  const rows: Array<{ count: string }> = await source.query(
    `select count(*) from custody.journal_event
     where workspace = $1 and subject = $2 and type = any($3::text[]) and (data ->> 'version')::int8 = $4`,
    [workspace, `model/${model}`, CHANGES, version],
  );
  return Number(rows[0]?.count);
}
