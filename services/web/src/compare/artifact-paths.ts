import type { Artifact } from '../previews/artifact-bytes';

export type RunFiles = Readonly<{ run: string; name: string; files: ReadonlyMap<string, Artifact> }>;
export type PathOfRuns = Readonly<{
  path: string;
  /** That have a file there. */
  runs: number;
}>;

// Step 2 comes before step 10.
const inOrder = new Intl.Collator('en', { numeric: true });

/** Every path at which any of the runs has a file. */
export function pathsOfRuns(runs: readonly RunFiles[]): PathOfRuns[] {
  const counts = new Map<string, number>();
  for (const { files } of runs) for (const path of files.keys()) counts.set(path, (counts.get(path) ?? 0) + 1);
  return [...counts].map(([path, count]) => ({ path, runs: count })).sort((a, b) => inOrder.compare(a.path, b.path));
}
