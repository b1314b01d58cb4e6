import type { SearchAnswer } from '@runledger/contracts/http';

export type FoundRun = SearchAnswer['runs'][number];
export type Value = string | number | boolean | null;

/** A column is an attribute of a run, or `params.<key>`, `tags.<key>`, `metrics.<key>`, `metrics-min.<key>` and so on, or `objectives.<id>`. */
const ATTRIBUTES: Readonly<Record<string, Readonly<{ title: string; width: number; field: string | null }>>> = {
  name: { title: 'Run', width: 260, field: 'run_name' },
  status: { title: 'Status', width: 120, field: 'status' },
  progress: { title: 'Progress', width: 130, field: null },
  started: { title: 'Started', width: 120, field: 'start_time' },
  finished: { title: 'Finished', width: 120, field: 'end_time' },
  duration: { title: 'Duration', width: 110, field: null },
  heard: { title: 'Last heard', width: 130, field: null },
  user: { title: 'User', width: 140, field: 'user_id' },
  run: { title: 'Id', width: 310, field: 'run_id' },
};
export const ATTRIBUTE_COLUMNS: readonly string[] = Object.keys(ATTRIBUTES);
const SUMMARIES = {
  metrics: 'value',
  'metrics-last': 'last',
  'metrics-min': 'min',
  'metrics-max': 'max',
} as const;
type MetricKind = keyof typeof SUMMARIES;
/** What a metric is summed up as, beside its latest value. */
export const METRIC_KINDS: readonly MetricKind[] = ['metrics-min', 'metrics-max', 'metrics-last'];
const KINDS = ['params', 'tags', 'metrics', ...METRIC_KINDS] as const;
type Column = Readonly<{ kind: (typeof KINDS)[number]; key: string }>;

export function splitColumn(id: string): Column | null {
  const dot = id.indexOf('.');
  const kind = KINDS.find((one) => one === id.slice(0, dot));
  return kind === undefined || dot === id.length - 1 ? null : { kind, key: id.slice(dot + 1) };
}
const isMetric = (kind: Column['kind']): kind is MetricKind => Object.hasOwn(SUMMARIES, kind);

export function titleOf(id: string): string {
  const column = splitColumn(id);
  if (column === null) return ATTRIBUTES[id]?.title ?? id;
  const { kind, key } = column;
  return isMetric(kind) && kind !== 'metrics' ? `${SUMMARIES[kind]} ${key}` : key;
}
/** In pixels: as wide as what the column is called asks for, within reason. */
export const widthOf = (id: string): number =>
  ATTRIBUTES[id]?.width ??
  (id.startsWith('objectives.') ? 180 : Math.min(220, Math.max(110, 54 + 8 * titleOf(id).length)));
export const isMetricColumn = (id: string): boolean => isMetric(splitColumn(id)?.kind ?? 'params');
export const isNumeric = (id: string): boolean => id === 'duration' || isMetricColumn(id);
export const metricKeysOf = (ids: readonly string[]): string[] => [
  ...new Set(ids.filter(isMetricColumn).flatMap((id) => splitColumn(id)?.key ?? [])),
];

/** The column in the language of filters and orders; null where nothing can be ordered by it. */
export function fieldOf(id: string): string | null {
  const attribute = ATTRIBUTES[id];
  if (attribute !== undefined) return attribute.field;
  const column = splitColumn(id);
  if (column === null) return null;
  const key = `\`${column.key.replaceAll('`', '``')}\``;
  if (!isMetric(column.kind)) return `${column.kind}.${key}`;
  return column.kind === 'metrics' ? `metrics.${key}` : `metrics.${key}.${SUMMARIES[column.kind]}`;
}

/** The order that the server answers in by itself, from an index: the newest start first, of runs that tell none by when they were first heard of. */
const OWN_ORDER = '-started';

export function orderOf(sort: string): string[] {
  if (sort === OWN_ORDER) return [];
  const isDescending = sort.startsWith('-');
  const field = fieldOf(isDescending ? sort.slice(1) : sort);
  return field === null ? [] : [`${field} ${isDescending ? 'DESC' : 'ASC'}`];
}

export function durationOf({ startedAt, finishedAt }: FoundRun, now: number): number | null {
  if (startedAt === null) return null;
  return (finishedAt === null ? now : Date.parse(finishedAt)) - Date.parse(startedAt);
}

/** When anything was last said of a run, by it or of it, as far as the metrics that were read tell; in ms. */
export function heardOf({ updatedAt, metrics }: FoundRun): number | null {
  const times = metrics.map(({ time }) => Number(time));
  if (updatedAt !== null) times.push(Date.parse(updatedAt));
  return times.length === 0 ? null : Math.max(...times);
}

function attributeOf(run: FoundRun, id: string): Value {
  switch (id) {
    case 'name':
      return run.name ?? run.run;
    case 'status':
      return run.status;
    case 'started':
      return run.startedAt;
    case 'finished':
      return run.finishedAt;
    case 'user':
      return tagOf(run, 'mlflow.user');
    case 'run':
      return run.run;
    default:
      return null;
  }
}

export function valueOf(run: FoundRun, id: string): Value {
  const column = splitColumn(id);
  if (column === null) return attributeOf(run, id);
  const { kind, key } = column;
  if (isMetric(kind)) return run.metrics.find((metric) => metric.key === key)?.[SUMMARIES[kind]] ?? null;
  const list: ReadonlyArray<{ key: string; value: Exclude<Value, null> }> = run[kind];
  return list.find((one) => one.key === key)?.value ?? null;
}

/** The value of a tag of a run; null where it has none. */
export const tagOf = ({ tags }: FoundRun, key: string): string | null =>
  tags.find((tag) => tag.key === key)?.value ?? null;

/** Params and tags that these runs have, by name. */
export function keyedColumnsOf(runs: readonly FoundRun[]): string[] {
  const found = new Set<string>();
  for (const run of runs) {
    for (const { key } of run.params) found.add(`params.${key}`);
    for (const { key } of run.tags) found.add(`tags.${key}`);
  }
  return [...found].sort();
}

/** Whether two of the runs differ in this column. What a run is called and when it ran always does. */
export function varies(runs: readonly FoundRun[], id: string): boolean {
  if (ATTRIBUTES[id] !== undefined || id.startsWith('objectives.')) return true;
  const [first, ...rest] = runs.map((run) => valueOf(run, id));
  return rest.some((value) => value !== first);
}

const MOST_PICKED = 6;
const MOST_JUDGED_BY = 3;
/** What most people judge a run by comes before what explains it. */
const OUTCOME = /loss|acc|err|score|auc|f1|bleu|perplexity|reward/i;

/** What a table shows before anybody has chosen: what the runs are, how they differ, and what came out. */
export function pickColumns(
  runs: readonly FoundRun[],
  metrics: readonly string[],
  { most = MOST_PICKED, objectives = [] }: Readonly<{ most?: number; objectives?: readonly string[] }> = {},
): string[] {
  const params = keyedColumnsOf(runs).filter((id) => id.startsWith('params.'));
  const differing = params.filter((id) => varies(runs, id));
  const outcome = metrics
    .filter((key) => !key.startsWith('system'))
    .sort((a, b) => Number(OUTCOME.test(b)) - Number(OUTCOME.test(a)))
    .map((key) => `metrics.${key}`);
  const shown = differing.length > 0 ? differing : params;
  const judged = objectives.slice(0, MOST_JUDGED_BY);
  const came = outcome.slice(0, MOST_PICKED);
  return ['name', 'status', ...judged, ...came, ...shown.slice(0, most), 'started', 'duration'];
}

/** Runs that columns are picked by: what comes later while somebody scrolls moves no column, and costs nothing. */
const MOST_LOOKED_AT = 2_000;

/** The columns of the table: those that were chosen or else picked, and of them those that vary. Of what varies, nothing is left out. */
export function shownColumns(
  { columns, varying }: Readonly<{ columns: readonly string[] | null; varying: boolean }>,
  found: readonly FoundRun[],
  metricNames: readonly string[],
  objectives: readonly string[] = [],
): string[] {
  const runs = found.slice(0, MOST_LOOKED_AT);
  const picked = varying ? { objectives, most: Number.POSITIVE_INFINITY } : { objectives };
  const all = columns ?? pickColumns(runs, metricNames, picked);
  return varying ? all.filter((id) => varies(runs, id)) : [...all];
}
