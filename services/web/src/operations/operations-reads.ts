import type { ChangesAnswer, DeadLettersAnswer, ReplayAnswer } from '@runledger/contracts/http';
import { infiniteQueryOptions } from '@tanstack/react-query';
import { at, call, queryOf } from '../api/api';

const LOOK_MS = 10_000;
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
