import type { SearchAnswer } from '@runledger/contracts/http';

export type FoundRun = SearchAnswer['runs'][number];
export type Value = string | number | boolean | null;

/** A column is an attribute of a run, or `params.<key>`, `metrics.<key>`, `tags.<key>`. */
const ATTRIBUTES: Readonly<Record<string, Readonly<{ title: string; width: number; field: string | null }>>> = {
  name: { title: 'Run', width: 260, field: 'run_name' },
  status: { title: 'Status', width: 120, field: 'status' },
  started: { title: 'Started', width: 120, field: 'start_time' },
  duration: { title: 'Duration', width: 110, field: null },
  run: { title: 'Id', width: 310, field: 'run_id' },
};
export const ATTRIBUTE_COLUMNS: readonly string[] = Object.keys(ATTRIBUTES);
const KEYED = ['params', 'metrics', 'tags'] as const;
type Kind = (typeof KEYED)[number];

function splitColumn(id: string): { kind: Kind; key: string } | null {
  const dot = id.indexOf('.');
  const kind = KEYED.find((one) => one === id.slice(0, dot));
  return kind === undefined || dot === id.length - 1 ? null : { kind, key: id.slice(dot + 1) };
}

export const titleOf = (id: string): string => ATTRIBUTES[id]?.title ?? splitColumn(id)?.key ?? id;
export const widthOf = (id: string): number => ATTRIBUTES[id]?.width ?? 130;
export const isNumeric = (id: string): boolean => id === 'duration' || id.startsWith('metrics.');
export const metricKeysOf = (ids: readonly string[]): string[] =>
  ids.flatMap((id) => {
    const column = splitColumn(id);
    return column?.kind === 'metrics' ? [column.key] : [];
  });

/** The column in the language of filters and orders; null where nothing can be ordered by it. */
export function fieldOf(id: string): string | null {
  const attribute = ATTRIBUTES[id];
  if (attribute !== undefined) return attribute.field;
  const column = splitColumn(id);
  return column === null ? null : `${column.kind}.\`${column.key.replaceAll('`', '``')}\``;
}

export function orderOf(sort: string): string[] {
  const isDescending = sort.startsWith('-');
  const field = fieldOf(isDescending ? sort.slice(1) : sort);
  return field === null ? [] : [`${field} ${isDescending ? 'DESC' : 'ASC'}`];
}

export function durationOf({ startedAt, finishedAt }: FoundRun, now: number): number | null {
  if (startedAt === null) return null;
  return (finishedAt === null ? now : Date.parse(finishedAt)) - Date.parse(startedAt);
}

export function valueOf(run: FoundRun, id: string): Value {
  const column = splitColumn(id);
  if (column !== null) {
    const list: ReadonlyArray<{ key: string; value: Exclude<Value, null> }> = run[column.kind];
    return list.find(({ key }) => key === column.key)?.value ?? null;
  }
  if (id === 'name') return run.name ?? run.run;
  if (id === 'status') return run.status;
  if (id === 'started') return run.startedAt;
  return id === 'run' ? run.run : null;
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
  if (ATTRIBUTES[id] !== undefined) return true;
  const [first, ...rest] = runs.map((run) => valueOf(run, id));
  return rest.some((value) => value !== first);
}

const MOST_PICKED = 6;
/** What most people judge a run by comes before what explains it. */
const OUTCOME = /loss|acc|err|score|auc|f1|bleu|perplexity|reward/i;

/** What a table shows before anybody has chosen: what the runs are, how they differ, and what came out. */
export function pickColumns(runs: readonly FoundRun[], metrics: readonly string[]): string[] {
  const params = keyedColumnsOf(runs).filter((id) => id.startsWith('params.'));
  const differing = params.filter((id) => varies(runs, id));
  const outcome = metrics
    .filter((key) => !key.startsWith('system'))
    .sort((a, b) => Number(OUTCOME.test(b)) - Number(OUTCOME.test(a)))
    .map((key) => `metrics.${key}`);
  const shown = differing.length > 0 ? differing : params;
  return ['name', 'status', ...outcome.slice(0, MOST_PICKED), ...shown.slice(0, MOST_PICKED), 'started', 'duration'];
}
