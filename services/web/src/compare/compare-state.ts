/** The parts of a comparison. */
export const COMPARE_TABS = [
  'charts',
  'differences',
  'scatter',
  'parallel',
  'importance',
  'contour',
  'boxes',
  'objectives',
  'artifacts',
  'code',
] as const;
export type CompareTab = (typeof COMPARE_TABS)[number];

/** Everything that a person has chosen on the page of a comparison. It lives in the address, so that a link shows the same. */
export type CompareState = Readonly<{
  runs: readonly string[];
  tab: CompareTab;
  /** What the others are compared with; the first run when null. */
  baseline: string | null;
  /** Columns (run-columns.ts) of the plots; what the page picks when null. */
  x: string | null;
  y: string | null;
  colour: string | null;
  /** A param or tag whose values make one curve, or one box, of several runs; null for a curve for each run. */
  groupBy: string | null;
}>;
export type CompareSearch = Readonly<{
  runs?: readonly string[];
  tab?: CompareTab;
  baseline?: string;
  x?: string;
  y?: string;
  colour?: string;
  group?: string;
}>;

const MOST_COMPARED = 1_000;
const isEntityId = (id: unknown): id is string => typeof id === 'string' && /^[\w.:-]{1,128}$/.test(id);
const columnOf = (id: unknown): string | null =>
  typeof id === 'string' && /^(params|tags|metrics|metrics-min|metrics-max|metrics-last)\../s.test(id) ? id : null;

/** An address is whatever somebody typed: what makes no sense in it counts as not there. */
export function readCompareState(search: Readonly<Record<string, unknown>>): CompareState {
  const { runs, tab, baseline, x, y, colour, group } = search;
  const groupBy = columnOf(group);
  return {
    runs: Array.isArray(runs) ? [...new Set(runs.filter(isEntityId))].slice(0, MOST_COMPARED) : [],
    tab: COMPARE_TABS.find((one) => one === tab) ?? 'charts',
    baseline: isEntityId(baseline) ? baseline : null,
    x: columnOf(x),
    y: columnOf(y),
    colour: columnOf(colour),
    groupBy: groupBy?.startsWith('metrics') === true ? null : groupBy,
  };
}

export function writeCompareState({ runs, tab, baseline, x, y, colour, groupBy }: CompareState): CompareSearch {
  return {
    ...(runs.length === 0 ? {} : { runs }),
    ...(tab === 'charts' ? {} : { tab }),
    ...(baseline === null ? {} : { baseline }),
    ...(x === null ? {} : { x }),
    ...(y === null ? {} : { y }),
    ...(colour === null ? {} : { colour }),
    ...(groupBy === null ? {} : { group: groupBy }),
  };
}
