import type { ExperimentAnswer, ExperimentsAnswer, RunsAnswer } from '@runledger/contracts/http';
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { at, call, queryOf } from './api';

/** Every read of the interface by name. The first words of a key are what live updates call out of date. */
const PAGE = 500;
const NEXT = { initialPageParam: undefined as string | undefined };
const nextOf = (page: { nextPageToken: string | null }): string | undefined => page.nextPageToken ?? undefined;

export const experimentsRead = () =>
  infiniteQueryOptions({
    ...NEXT,
    queryKey: ['experiments'],
    queryFn: ({ pageParam, signal }) =>
      call<ExperimentsAnswer>(`experiments${queryOf({ limit: PAGE, page_token: pageParam })}`, { signal }),
    getNextPageParam: nextOf,
  });

export const experimentRead = (experiment: string) =>
  queryOptions({
    queryKey: ['experiment', experiment],
    queryFn: ({ signal }) => call<ExperimentAnswer>(at`experiments/${experiment}`, { signal }),
  });

export const runsRead = (experiment: string) =>
  infiniteQueryOptions({
    ...NEXT,
    queryKey: ['runs', experiment],
    queryFn: ({ pageParam, signal }) =>
      call<RunsAnswer>(at`experiments/${experiment}/runs` + queryOf({ limit: PAGE, page_token: pageParam }), {
        signal,
      }),
    getNextPageParam: nextOf,
  });
