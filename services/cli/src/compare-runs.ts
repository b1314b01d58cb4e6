import type { FoundRun } from './find-runs';

export type ComparedRow = Readonly<{
  what: 'attribute' | 'param' | 'tag' | 'metric';
  key: string;
  values: readonly unknown[];
}>;

const ATTRIBUTES = ['name', 'experiment', 'status'] as const;

const keysOf = (runs: readonly FoundRun[], part: 'params' | 'tags' | 'metrics'): string[] =>
  [...new Set(runs.flatMap((run) => run[part].map(({ key }) => key)))].sort();

/** What runs hold, side by side; only what differs, unless all is asked for. */
export function compareRuns(runs: readonly FoundRun[], isAll: boolean): ComparedRow[] {
  const rows: ComparedRow[] = ATTRIBUTES.map((key) => ({
    what: 'attribute',
    key,
    values: runs.map((run) => run[key]),
  }));
  for (const [what, part] of [
    ['param', 'params'],
    ['tag', 'tags'],
    ['metric', 'metrics'],
  ] as const)
    for (const key of keysOf(runs, part))
      rows.push({ what, key, values: runs.map((run) => run[part].find((one) => one.key === key)?.value ?? null) });
  return isAll ? rows : rows.filter(({ values }) => new Set(values).size > 1);
}
