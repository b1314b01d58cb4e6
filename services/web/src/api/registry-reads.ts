import type { ModelAnswer, ModelHistoryAnswer, ModelsAnswer, VersionsAnswer } from '@runledger/contracts/http';
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { at, call, queryOf } from './api';

const PAGE = 200;
const NEXT = { initialPageParam: undefined as string | undefined };
const nextOf = (page: { nextPageToken: string | null }): string | undefined => page.nextPageToken ?? undefined;
/** Nothing tells of new decisions, so they are looked for, while somebody watches. */
const LOOK_MS = 10_000;

export const modelsRead = () =>
  infiniteQueryOptions({
    ...NEXT,
    queryKey: ['models'],
    queryFn: ({ pageParam, signal }) =>
      call<ModelsAnswer>(`models${queryOf({ limit: PAGE, page_token: pageParam })}`, { signal }),
    getNextPageParam: nextOf,
    refetchInterval: LOOK_MS,
  });

export const modelRead = (model: string) =>
  queryOptions({
    queryKey: ['model', model],
    queryFn: ({ signal }) => call<ModelAnswer>(at`models/${model}`, { signal }),
    refetchInterval: LOOK_MS,
  });

export const versionsRead = (model: string) =>
  infiniteQueryOptions({
    ...NEXT,
    queryKey: ['model-versions', model],
    queryFn: ({ pageParam, signal }) =>
      call<VersionsAnswer>(at`models/${model}/versions` + queryOf({ limit: PAGE, page_token: pageParam }), { signal }),
    getNextPageParam: nextOf,
    refetchInterval: LOOK_MS,
  });

export const modelHistoryRead = (model: string) =>
  infiniteQueryOptions({
    ...NEXT,
    queryKey: ['model-history', model],
    queryFn: ({ pageParam, signal }) =>
      call<ModelHistoryAnswer>(at`models/${model}/history` + queryOf({ limit: PAGE, page_token: pageParam }), {
        signal,
      }),
    getNextPageParam: nextOf,
    refetchInterval: LOOK_MS,
  });
