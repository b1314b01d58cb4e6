import { writeKey } from './filter-offers';
import { type FoundRun, splitColumn, type Value, valueOf } from './run-columns';

/** How a metric came out in a group. `runs`: those with a finite value. */
export type Aggregate = Readonly<{ mean: number; std: number; min: number; max: number; runs: number }>;
export type RunGroup = Readonly<{
  id: string;
  /** Of the columns that runs are grouped by, in their order. */
  values: readonly Value[];
  runs: readonly FoundRun[];
}>;

/** Runs that share their values of these columns, in the order of their first runs. */
export function groupRuns(runs: readonly FoundRun[], by: readonly string[]): RunGroup[] {
  const valuesOf = (run: FoundRun): Value[] => by.map((id) => valueOf(run, id));
  const groups = new Map<string, { id: string; values: Value[]; runs: FoundRun[] }>();
  for (const run of runs) {
    const values = valuesOf(run);
    const id = JSON.stringify(values);
    const group = groups.get(id);
    if (group === undefined) groups.set(id, { id, values, runs: [run] });
    else group.runs.push(run);
  }
  return [...groups.values()];
}

/** Null where no run of the group has a finite value. */
export function aggregateOf({ runs }: RunGroup, column: string): Aggregate | null {
  const values = runs.map((run) => valueOf(run, column)).filter((value) => typeof value === 'number');
  if (values.length === 0) return null;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const std = values.length === 1 ? 0 : Math.sqrt(squares / (values.length - 1));
  return { mean, std, min: Math.min(...values), max: Math.max(...values), runs: values.length };
}

/** What a group is sorted by: its count, the mean of a metric, or what its runs share. */
function keyOf(group: RunGroup, by: readonly string[], column: string): Value {
  if (column === 'runs') return group.runs.length;
  const at = by.indexOf(column);
  return at >= 0 ? (group.values[at] ?? null) : (aggregateOf(group, column)?.mean ?? null);
}

/** Groups by a column's id, `-` before it for descending; what is missing comes last in both directions. */
export function sortGroups(groups: readonly RunGroup[], by: readonly string[], sort: string): RunGroup[] {
  if (sort === '') return [...groups];
  const isDescending = sort.startsWith('-');
  const column = isDescending ? sort.slice(1) : sort;
  const keyed = groups.map((group) => ({ group, key: keyOf(group, by, column) }));
  const compare = (a: Exclude<Value, null>, b: Exclude<Value, null>): number =>
    typeof a === 'number' && typeof b === 'number' ? a - b : String(a) < String(b) ? -1 : 1;
  return keyed
    .sort((a, b) => {
      if (a.key === null || b.key === null) return Number(a.key === null) - Number(b.key === null);
      if (a.key === b.key) return 0;
      return compare(a.key, b.key) * (isDescending ? -1 : 1);
    })
    .map(({ group }) => group);
}

function conditionOf(id: string, value: Value): string {
  const column = splitColumn(id);
  if (column === null) return '';
  const field = writeKey(column.kind === 'tags' ? 'tags' : 'params', column.key);
  if (value === null) return `${field} IS NULL`;
  if (typeof value === 'number' && column.kind === 'params') return `${field} = ${value}`;
  return `${field} = '${String(value).replaceAll("'", "''")}'`;
}

/** A filter that finds the runs of a group among those that another finds. */
export function filterOfGroup(filter: string, by: readonly string[], { values }: RunGroup): string {
  const own = by.map((id, at) => conditionOf(id, values[at] ?? null));
  return [...(filter === '' ? [] : [`(${filter})`]), ...own].join(' AND ');
}

/** What makes a config: every param that differs, save the seed, which only repeats it. */
export const configColumnsOf = (differing: readonly string[]): string[] =>
  differing.filter((id) => id.startsWith('params.') && !/seed/i.test(id));
