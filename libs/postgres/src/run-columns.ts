import { Fault } from '@runledger/kernel';
import type { DataSource } from 'typeorm';
import { type AsOf, cutOfRun, isHeld } from './as-of';
import type { KnownMetrics } from './known-metrics';
import { type LatestMetrics, loadLatest, NO_METRICS } from './latest-metrics';
import { metricsAsOf } from './metrics-as-of';
import { type InputEntity, inputEntity, type ParamEntity, type TagEntity } from './read-entities';
import { type MetricRow, metricOf, type RunMetric } from './run-metric';
import type { SumUpPast } from './run-moment';

/** Which of them to load: none (when absent), all, or those of these keys. */
export type KeysAsked = 'all' | readonly string[] | undefined;
export type RunColumns = Readonly<{
  params?: KeysAsked;
  tags?: KeysAsked;
  metrics?: KeysAsked;
  /** The latest values of all metrics as they are now, without the rest of their summaries. */
  latest?: boolean | undefined;
  /** All params as they are now, as the items of a JSON array of keys and values. */
  paramsJson?: boolean | undefined;
  inputs?: boolean | undefined;
}>;
export type RunParam = Readonly<Pick<ParamEntity, 'key' | 'kind' | 'value' | 'number'>>;
export type RunTag = Readonly<Pick<TagEntity, 'key' | 'value'>>;
/** What was loaded of one run, each list in the order of keys; empty where nothing was asked for. */
export type RunValues = Readonly<{
  params: RunParam[];
  tags: RunTag[];
  metrics: RunMetric[];
  latest: LatestMetrics;
  paramsJson: string;
  inputs: InputEntity[];
}>;

/** Loads the asked columns of many runs with one statement each. */
export async function loadRunValues(of: OfRuns, columns: RunColumns): Promise<Map<string, RunValues>> {
  const [params, tags, metrics, latest, paramsJson, inputs] = await Promise.all([
    keyed<RunParam>(of, PARAMS, columns.params).then(byRun),
    keyed<RunTag>(of, TAGS, columns.tags).then(byRun),
    metricsOf(of, columns.metrics).then(byRun),
    columns.latest === true ? latestMetrics(of) : new Map<string, LatestMetrics>(),
    columns.paramsJson === true ? jsonOfParams(of) : new Map<string, string>(),
    (columns.inputs === true ? inputsOf(of) : Promise.resolve([])).then(byRun),
  ]);
  return new Map(
    of.runs.map((run): [string, RunValues] => [
      run,
      {
        params: params(run),
        tags: tags(run),
        metrics: metrics(run).map(({ metric }) => metric),
        latest: latest.get(run) ?? NO_METRICS,
        paramsJson: paramsJson.get(run) ?? '',
        inputs: inputs(run),
      },
    ]),
  );
}

/** Rows by their run, in their order. */
function byRun<R extends OfRun>(rows: readonly R[]): (run: string) => R[] {
  const found = new Map<string, R[]>();
  for (const row of rows) {
    const own = found.get(row.run);
    if (own === undefined) found.set(row.run, [row]);
    else own.push(row);
  }
  return (run) => found.get(run) ?? [];
}

type OfRuns = Readonly<{
  source: DataSource;
  known: KnownMetrics;
  sumUp: SumUpPast;
  workspace: string;
  runs: readonly string[];
  asOf?: AsOf | undefined;
}>;

type OfRun = Readonly<{ run: string }>;
type Row = OfRun & Readonly<{ offset: number; endOffset?: number | null }>;
/** Places as the driver gives int8: texts. */
type RawPlace = Readonly<{ offset: string; endOffset: string | null }>;
const placed = ({ run, offset, endOffset }: RawPlace & OfRun): Row => ({
  run,
  offset: Number(offset),
  endOffset: endOffset === null ? null : Number(endOffset),
});
/** Whether a row holds now, or as of the moment asked for. */
const isShown =
  ({ workspace, asOf }: OfRuns) =>
  ({ run, offset, endOffset = null }: Row): boolean =>
    isHeld({ offset, endOffset }, cutOfRun(asOf, workspace, run));

type Keyed = Readonly<{ table: string; columns: string; history: boolean }>;
const PARAMS: Keyed = { table: 'read.run_param', columns: 'key, kind, value, number', history: false };
const TAGS: Keyed = { table: 'read.run_tag', columns: 'key, value', history: true };

/** Of a page of runs there are thousands: plain rows of no more than what is shown, where entities would cost more than the search. */
async function keyed<V>(of: OfRuns, { table, columns, history }: Keyed, asked: KeysAsked): Promise<Array<V & OfRun>> {
  if (asked === undefined) return [];
  const { source, workspace, runs, asOf } = of;
  const held = history && asOf === undefined ? 'to_off is null' : 'true';
  const end = history ? 'to_off' : 'null';
  const place = asOf === undefined ? '' : `, from_off as "offset", ${end} as "endOffset"`;
  const rows: Array<V & RawPlace & OfRun> = await source.query(
    `select run, ${columns}${place} from ${table}
     where workspace = $1 and run = any ($2) and ${held} and ($3::text[] is null or key = any ($3)) order by key`,
    [workspace, runs, asked === 'all' ? null : asked],
  );
  return asOf === undefined ? rows : rows.filter((row) => isShown(of)(placed(row)));
}

async function inputsOf(of: OfRuns): Promise<InputEntity[]> {
  const { source, workspace, runs } = of;
  const rows = await source
    .getRepository(inputEntity)
    .createQueryBuilder('i')
    .where('i.workspace = :workspace and i.run = any (:runs)', { workspace, runs })
    .orderBy('i.name')
    .addOrderBy('i.digest')
    .addOrderBy('i.context')
    .getMany();
  return rows.filter(isShown(of));
}

async function metricsOf(
  { source, known, sumUp, workspace, runs, asOf }: OfRuns,
  asked: KeysAsked,
): Promise<Array<OfRun & Readonly<{ metric: RunMetric }>>> {
  if (asked === undefined) return [];
  // Numbers in the statement let the planner look up rows of few metrics instead of reading all that the runs have.
  const numbers = asked === 'all' ? null : [...(await known.numbersOf(workspace, asked)).values()];
  const rows: Array<Omit<MetricRow, 'name'> & OfRun & { series: string }> = await source.query(
    `select s.run, m.* from custody.series s join read.run_metric m on m.series = s.number
     where s.workspace = $1 and s.run = any ($2) and ($3::bigint[] is null or m.key = any ($3))`,
    [workspace, runs, numbers],
  );
  const found = await named(known, rows);
  return asOf === undefined ? found : metricsAsOf(found, { sumUp, workspace, asOf });
}

/** Runs of a page have few names among them: each is looked up and put in order once, and not with each of its rows. */
async function named<R extends Omit<MetricRow, 'name'> & OfRun & { series: string }>(
  known: KnownMetrics,
  rows: readonly R[],
) {
  const names = await known.namesOf(rows.map(({ key }) => key));
  const byNumber = new Map([...names.keys()].map((number): [string, R[]] => [number, []]));
  for (const row of rows) byNumber.get(row.key)?.push(row);
  return [...names].flatMap(([number, name]) =>
    (byNumber.get(number) ?? []).map((row) => ({
      run: row.run,
      series: Number(row.series),
      metric: metricOf(name, row),
    })),
  );
}

function onlyNow({ asOf }: OfRuns, instead: string): void {
  if (asOf === undefined) return;
  throw new Fault('bug', 'POSTGRES_ONLY_NOW', `this column is read as it is now: as of a moment, ask for ${instead}`);
}

async function latestMetrics(of: OfRuns): Promise<Map<string, LatestMetrics>> {
  onlyNow(of, 'metrics');
  return loadLatest({ ...of, metrics: of.known });
}

/** A page of runs has thousands: the engine writes them as they are answered, and nobody makes an object of each. */
async function jsonOfParams(of: OfRuns): Promise<Map<string, string>> {
  onlyNow(of, 'params');
  const rows: Array<{ run: string; params: string }> = await of.source.query(
    `select run, string_agg('{"key":' || to_json(key)::text || ',"value":' || to_json(value)::text || '}', ',' order by key) as params
     from read.run_param where workspace = $1 and run = any ($2) group by run`,
    [of.workspace, of.runs],
  );
  return new Map(rows.map(({ run, params }) => [run, params]));
}
