import type {
  ExpiredAnswer,
  HoldsAnswer,
  ProjectDeletersAnswer,
  ProjectsAnswer,
  RetentionAnswer,
  RetentionPreview,
} from '@runledger/contracts/http';
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { at, call, queryOf } from '../api/api';

/** Nothing tells of new decisions, so they are looked for, while somebody watches. */
const LOOK_MS = 10_000;

export const projectsRead = () =>
  queryOptions({
    queryKey: ['projects'],
    queryFn: ({ signal }) => call<ProjectsAnswer>(`projects${queryOf({ limit: 1_000 })}`, { signal }),
  });

export const retentionRead = (project: string) =>
  queryOptions({
    queryKey: ['retention', project],
    queryFn: ({ signal }) => call<RetentionAnswer>(at`projects/${project}/retention`, { signal }),
    refetchInterval: LOOK_MS,
  });

export const expiredRead = (project: string) =>
  infiniteQueryOptions({
    queryKey: ['expired', project],
    queryFn: ({ pageParam, signal }) =>
      call<ExpiredAnswer>(at`projects/${project}/expired` + queryOf({ limit: 50, page_token: pageParam }), { signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ nextPageToken }) => nextPageToken ?? undefined,
    refetchInterval: LOOK_MS,
  });

export const holdsRead = () =>
  queryOptions({ queryKey: ['holds'], queryFn: ({ signal }) => call<HoldsAnswer>('holds', { signal }) });

/** Days, and null for ever; of locks, null is none. */
export type Kept = Readonly<{ points: number | null; artifacts: number | null; lock: number | null }>;
export type Deleters = NonNullable<RetentionAnswer['deleters']['held']>['deleters'];

export const deletersRead = (project: string) =>
  queryOptions({
    queryKey: ['retention', project, 'deleters'],
    queryFn: ({ signal }) => call<ProjectDeletersAnswer>(at`projects/${project}/retention/deleters`, { signal }),
    staleTime: LOOK_MS,
  });

const lockAsked = ({ lock }: Kept, was: Kept): string | undefined =>
  lock === was.lock ? undefined : String(lock ?? 'none');

/** What would go if this were said; it changes nothing. @throws ApiError as of saying it */
export const previewRead = (project: string, kept: Kept, was: Kept) => {
  const asked = {
    points: kept.points ?? undefined,
    artifacts: kept.artifacts ?? undefined,
    lock: lockAsked(kept, was),
  };
  return queryOptions({
    queryKey: ['retention', project, 'preview', asked],
    queryFn: ({ signal }) =>
      call<RetentionPreview>(at`projects/${project}/retention/preview` + queryOf(asked), { signal }),
    staleTime: 0,
    retry: false,
  });
};

const say = (name: string, body: Readonly<Record<string, unknown>>): Promise<unknown> =>
  call(`commands/${name}`, { method: 'POST', body });

/** Reads show it at once. @throws ApiError 409 where artifacts cannot be locked */
export async function keepFor(project: string, { lock, ...kept }: Kept, was: Kept, reference: string): Promise<void> {
  await say('set-retention', { project, ...kept, ...(lock !== was.lock && { lock }), reference });
}

/** @throws ApiError 403 where more may delete than whoever says so */
export async function letDelete(project: string, deleters: Deleters, reference: string): Promise<void> {
  await say('set-deleters', { project, deleters, reference });
}
