import type { SearchAnswer } from '@runledger/contracts/http';
import { type InfiniteData, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useMoved } from '../api/live';
import { movedRunsRead, type RunsAsked, runsRead } from '../api/reads';
import { patchPages } from './patch-pages';

const SPACING_MS = 1_500;
/** Runs that are read one by one by their ids; of more, the table is told to be out of date. */
const MOST = 500;

/** Keeps a table of runs fresh. One page is read anew; of more, only the runs that have moved are. */
export function useLiveRuns(experiment: string, asked: RunsAsked) {
  const queries = useQueryClient();
  const { queryKey } = runsRead(experiment, asked);
  const table = JSON.stringify(queryKey);
  const [stale, setStale] = useState<string | null>(null);
  const reread = async (): Promise<void> => {
    setStale(null);
    await queries.resetQueries({ queryKey });
  };
  const patch = async (moved: ReadonlySet<string>): Promise<void> => {
    const { runs } = await queries.fetchQuery(movedRunsRead(experiment, asked, [...moved]));
    queries.setQueryData<InfiniteData<SearchAnswer, string | undefined>>(queryKey, (data) => {
      if (data === undefined) return data;
      const patched = patchPages(data.pages, moved, runs);
      if (patched.isStale) setStale(table);
      return { ...data, pages: patched.pages };
    });
  };
  useMoved(
    { experiment },
    (moved) => {
      const pages = queries.getQueryData(queryKey)?.pages.length ?? 0;
      const best = ['runs', experiment, 'best'];
      if (pages < 2) void queries.invalidateQueries({ queryKey: ['runs', experiment] }, { cancelRefetch: false });
      else {
        void queries.invalidateQueries({ queryKey: best }, { cancelRefetch: false });
        if (moved === null || moved.size > MOST) setStale(table);
        else if (moved.size > 0) void patch(moved).catch(() => setStale(table));
      }
    },
    SPACING_MS,
  );
  return { isStale: stale === table, reread };
}
