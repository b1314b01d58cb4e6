import type { SearchAnswer } from '@runledger/contracts/http';

type Page = SearchAnswer;
export type Patched = Readonly<{
  pages: Page[];
  /** The pages are not what a new search would find: a run is missing, or is no longer among them. */
  isStale: boolean;
}>;

/** Pages with the runs that have moved as they are now. `asked` are those that moved, `found` those of them that still match. */
export function patchPages(pages: readonly Page[], asked: ReadonlySet<string>, found: Page['runs']): Patched {
  const now = new Map(found.map((run) => [run.run, run]));
  const shown = new Set(pages.flatMap(({ runs }) => runs.map(({ run }) => run)));
  return {
    pages: pages.map((page) =>
      page.runs.some(({ run }) => now.has(run))
        ? { ...page, runs: page.runs.map((run) => now.get(run.run) ?? run) }
        : page,
    ),
    isStale: [...asked].some((run) => shown.has(run) !== now.has(run)),
  };
}
