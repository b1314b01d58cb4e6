import type {
  ChangesAnswer,
  DeadLettersAnswer,
  GapsAnswer,
  ReplayAnswer,
  StorageAnswer,
} from '@runledger/contracts/http';
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { at, call, queryOf } from '../api/api';

const LOOK_MS = 10_000;
/** For what the server has to count. */
const COUNT_MS = 60_000;
const NEXT = { initialPageParam: undefined as string | undefined };
const nextOf = (page: { nextPageToken: string | null }): string | undefined => page.nextPageToken ?? undefined;

export const deadLettersRead = () =>
  infiniteQueryOptions({
    ...NEXT,
    queryKey: ['dead-letters'],
    queryFn: ({ pageParam, signal }) =>
      call<DeadLettersAnswer>(`dead-letters${queryOf({ limit: 100, page_token: pageParam })}`, { signal }),
    getNextPageParam: nextOf,
    refetchInterval: LOOK_MS,
  });

/** Resolves once the next read shows what came of it. */
export const replayLetter = (letter: string): Promise<ReplayAnswer> =>
  call<ReplayAnswer>(at`dead-letters/${letter}/replay`, { method: 'POST', body: {} });

export type ChangesAsked = Readonly<{ subject: string; actor: string }>;
export const changesRead = ({ subject, actor }: ChangesAsked) =>
  infiniteQueryOptions({
    ...NEXT,
    queryKey: ['changes', subject, actor],
    queryFn: ({ pageParam, signal }) => {
      const narrowed = { subject: subject || undefined, actor: actor || undefined };
      return call<ChangesAnswer>(`changes${queryOf({ ...narrowed, limit: 50, page_token: pageParam })}`, { signal });
    },
    getNextPageParam: nextOf,
    refetchInterval: LOOK_MS,
  });

/** Writers of whose batches some are missing. */
export const gapsRead = () =>
  infiniteQueryOptions({
    ...NEXT,
    queryKey: ['gaps'],
    queryFn: ({ pageParam, signal }) =>
      call<GapsAnswer>(`receipts/gaps${queryOf({ limit: 100, page_token: pageParam })}`, { signal }),
    getNextPageParam: nextOf,
    refetchInterval: COUNT_MS,
  });

export const storageRead = () =>
  queryOptions({
    queryKey: ['storage'],
    queryFn: ({ signal }) => call<StorageAnswer>('storage', { signal }),
    refetchInterval: COUNT_MS,
  });
