import type { LineageAnswer, SearchAnswer, SearchQuestion } from '@runledger/contracts/http';
import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { call, queryOf } from '../api/api';

export const lineageRead = (node: string, depth: number) =>
  queryOptions({
    queryKey: ['lineage', node, depth],
    queryFn: ({ signal }) => call<LineageAnswer>(`lineage${queryOf({ node, depth })}`, { signal }),
    placeholderData: keepPreviousData,
  });

/** What up to 1,000 runs are called. */
export const runNamesRead = (runs: readonly string[]) =>
  queryOptions({
    queryKey: ['run-names', runs],
    queryFn: async ({ signal }): Promise<ReadonlyMap<string, string>> => {
      const filter = `run_id IN (${runs.map((run) => `'${run}'`).join(', ')})`;
      const body: SearchQuestion = { filter, lifecycle: 'all', limit: 1_000 };
      const answer = await call<SearchAnswer>('search', { method: 'POST', body, signal });
      return new Map(answer.runs.map(({ run, name }) => [run, name ?? run]));
    },
    enabled: runs.length > 0,
    staleTime: 60_000,
  });
