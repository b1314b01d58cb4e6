import { readAim } from './best-run';

/** Everything that a person has done to a table of runs. It lives in the address, so that a link shows the same. */
export type TableState = Readonly<{
  /** In the filter language. */
  filter: string;
  /** A column's id, with `-` before it for descending; empty for the newest start first. */
  sort: string;
  /** Columns in their order; null for those that the table picks. */
  columns: readonly string[] | null;
  pinned: readonly string[];
  widths: Readonly<Record<string, number>>;
  /** Only columns in which the runs differ. */
  varying: boolean;
  /** Params and tags whose values put runs into one row; empty for a row for each run. */
  groupBy: readonly string[];
  /** By what the best run is shown (best-run.ts); null where it is not. */
  best: string | null;
  /** The deleted runs in place of the others. */
  deleted: boolean;
  /** Id of the saved view that it began as. */
  view: string | null;
}>;
/** The same as members of the address. What is as it was at first is left out. */
export type TableSearch = Readonly<{
  q?: string;
  sort?: string;
  cols?: readonly string[];
  pin?: readonly string[];
  w?: Readonly<Record<string, number>>;
  vary?: true;
  group?: readonly string[];
  best?: string;
  deleted?: true;
  view?: string;
}>;

export const NARROWEST = 60;
export const WIDEST = 900;
const PINNED: readonly string[] = ['name'];

const texts = (value: unknown): string[] | null =>
  Array.isArray(value) ? [...new Set(value.filter((one) => typeof one === 'string' && one !== ''))] : null;

const widthsOf = (value: unknown): Record<string, number> =>
  typeof value !== 'object' || value === null
    ? {}
    : Object.fromEntries(
        Object.entries(value).filter(([, width]) => typeof width === 'number' && width >= NARROWEST && width <= WIDEST),
      );

/** An address is whatever somebody typed: what makes no sense in it counts as not there. */
export function readTableState(search: Readonly<Record<string, unknown>>): TableState {
  const { q, sort, cols, pin, w, vary, group, best, deleted, view } = search;
  return {
    filter: typeof q === 'string' ? q : '',
    sort: typeof sort === 'string' ? sort : '',
    columns: texts(cols),
    pinned: texts(pin) ?? PINNED,
    widths: widthsOf(w),
    varying: vary === true || vary === 'true',
    groupBy: texts(group)?.filter((id) => /^(params|tags)\../s.test(id)) ?? [],
    best: readAim(best) === null ? null : (best as string),
    deleted: deleted === true || deleted === 'true',
    view: typeof view === 'string' && /^[\w.:-]{1,128}$/.test(view) ? view : null,
  };
}

export function writeTableState(state: TableState): TableSearch {
  const { filter, sort, columns, pinned, widths, varying, groupBy, best, deleted, view } = state;
  return {
    ...(filter === '' ? {} : { q: filter }),
    ...(sort === '' ? {} : { sort }),
    ...(columns === null ? {} : { cols: columns }),
    ...(pinned.join('\n') === PINNED.join('\n') ? {} : { pin: pinned }),
    ...(Object.keys(widths).length === 0 ? {} : { w: widths }),
    ...(varying ? { vary: true } : {}),
    ...(groupBy.length === 0 ? {} : { group: groupBy }),
    ...(best === null ? {} : { best }),
    ...(deleted ? { deleted: true } : {}),
    ...(view === null ? {} : { view }),
  };
}

/** What a click on a column's title does next: ascending, descending, not at all. */
export function nextSort(sort: string, column: string): string {
  if (sort === column) return `-${column}`;
  return sort === `-${column}` ? '' : column;
}

/** The list with one member moved by `by` places, as far as there are places. */
export function moved(list: readonly string[], one: string, by: number): string[] {
  const from = list.indexOf(one);
  if (from < 0) return [...list];
  const rest = list.filter((other) => other !== one);
  rest.splice(Math.max(0, Math.min(rest.length, from + by)), 0, one);
  return rest;
}

/** The list with one member where another one is: before it, or behind it when it comes from before. */
export const movedTo = (list: readonly string[], one: string, other: string): string[] =>
  moved(list, one, list.indexOf(other) - list.indexOf(one));
