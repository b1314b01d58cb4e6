import type { DataSource } from 'typeorm';
import { type AsOf, cutOfRun, isHeld } from './as-of';
import { metricsAsOf } from './metrics-as-of';
import {
  type InputEntity,
  inputEntity,
  type ParamEntity,
  paramEntity,
  type TagEntity,
  tagEntity,
} from './read-entities';
import { type MetricRow, metricOf, type RunMetric } from './run-metric';
import type { SumUpPast } from './run-moment';
import { metricNumbersOf } from './search-metrics';

/** Which of them to load: none (when absent), all, or those of these keys. */
export type KeysAsked = 'all' | readonly string[] | undefined;
export type RunColumns = Readonly<{
  params?: KeysAsked;
  tags?: KeysAsked;
  metrics?: KeysAsked;
  inputs?: boolean | undefined;
}>;
/** What was loaded of one run, each list in the order of keys; empty where nothing was asked for. */
export type RunValues = Readonly<{
  params: ParamEntity[];
  tags: TagEntity[];
  metrics: RunMetric[];
  inputs: InputEntity[];
}>;

/** Loads the asked columns of many runs with one statement each. */
export async function loadRunValues(of: OfRuns, columns: RunColumns): Promise<Map<string, RunValues>> {
  const { runs } = of;
  const values = new Map(
    runs.map((run): [string, RunValues] => [run, { params: [], tags: [], metrics: [], inputs: [] }]),
  );
  const [params, tags, metrics, inputs] = await Promise.all([
    keyed<ParamEntity>(of, paramEntity, columns.params),
    keyed<TagEntity>(of, tagEntity, columns.tags),
    metricsOf(of, columns.metrics),
    columns.inputs === true ? inputsOf(of) : [],
  ]);
  for (const row of params) values.get(row.run)?.params.push(row);
  for (const row of tags) values.get(row.run)?.tags.push(row);
  for (const [run, metric] of metrics) values.get(run)?.metrics.push(metric);
  for (const row of inputs) values.get(row.run)?.inputs.push(row);
  return values;
}

type OfRuns = Readonly<{
  source: DataSource;
  sumUp: SumUpPast;
  workspace: string;
  runs: readonly string[];
  asOf?: AsOf | undefined;
}>;

type Row = Readonly<{ run: string; offset: number; endOffset?: number | null }>;
/** Whether a row holds now, or as of the moment asked for. */
const isShown =
  ({ workspace, asOf }: OfRuns) =>
  ({ run, offset, endOffset = null }: Row): boolean =>
    isHeld({ offset, endOffset }, cutOfRun(asOf, workspace, run));

async function keyed<E extends ParamEntity | TagEntity>(
  of: OfRuns,
  entity: typeof paramEntity | typeof tagEntity,
  asked: KeysAsked,
): Promise<E[]> {
  if (asked === undefined) return [];
  const { source, workspace, runs, asOf } = of;
  const select = source
    .getRepository<ParamEntity | TagEntity>(entity)
    .createQueryBuilder('p')
    .where('p.workspace = :workspace and p.run = any (:runs)', { workspace, runs });
  if (entity === tagEntity && asOf === undefined) select.andWhere('p.endOffset is null');
  if (asked !== 'all') select.andWhere('p.key = any (:keys)', { keys: asked });
  return ((await select.orderBy('p.key').getMany()) as E[]).filter(isShown(of));
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
  { source, sumUp, workspace, runs, asOf }: OfRuns,
  asked: KeysAsked,
): Promise<Array<[run: string, metric: RunMetric]>> {
  if (asked === undefined) return [];
  // Numbers in the statement let the planner look up rows of few metrics instead of reading all that the runs have.
  const numbers = asked === 'all' ? null : [...(await metricNumbersOf(source, workspace, asked)).values()];
  const rows: Array<MetricRow & { run: string; series: string }> = await source.query(
    `select s.run, k.key as name, m.* from custody.series s
     join read.run_metric m on m.series = s.number join custody.metric_key k on k.number = m.key
     where s.workspace = $1 and s.run = any ($2) and ($3::bigint[] is null or m.key = any ($3))
     order by k.key collate "C"`,
    [workspace, runs, numbers],
  );
  const found = rows.map((row) => ({ run: row.run, series: Number(row.series), metric: metricOf(row) }));
  if (asOf === undefined) return found.map(({ run, metric }) => [run, metric]);
  const past = await metricsAsOf(found, { sumUp, workspace, asOf });
  return past.map(({ run, metric }) => [run, metric]);
}
