import type { CommentAnswer, CommentsAnswer, CommentTarget } from '@runledger/contracts/http';
import { infiniteQueryOptions } from '@tanstack/react-query';
import { at, call, queryOf } from '../api/api';

const LOOK_MS = 10_000;

/** What to ask for: of a run also what is said of its charts, of a version what is said of it alone. */
function queryFor(about: CommentTarget): Readonly<Record<string, string | number>> {
  switch (about.kind) {
    case 'run':
      return { run: about.id };
    case 'chart':
      return { run: about.id, metric: about.metric };
    case 'version':
      return { model: about.id, version: about.version };
    case 'board':
      return { board: about.id };
    default:
      return about satisfies never;
  }
}

export const commentsRead = (about: CommentTarget) =>
  infiniteQueryOptions({
    queryKey: ['comments', about],
    queryFn: ({ pageParam, signal }) =>
      call<CommentsAnswer>(`comments${queryOf({ ...queryFor(about), limit: 100, page_token: pageParam })}`, { signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextPageToken ?? undefined,
    refetchInterval: LOOK_MS,
  });

type Answered = Readonly<{ result: { comment: string }; position: string }>;
export type CommentDraft = Readonly<{ comment?: string; about: CommentTarget; text: string }>;

export async function writeComment(draft: CommentDraft): Promise<CommentAnswer> {
  const { result, position } = await call<Answered>('commands/write-comment', { method: 'POST', body: draft });
  return call<CommentAnswer>(at`comments/${result.comment}` + queryOf({ 'at-least': position }));
}

export async function deleteComment(comment: string): Promise<void> {
  const { position } = await call<Answered>('commands/delete-comment', { method: 'POST', body: { comment } });
  await call<CommentsAnswer>(`comments${queryOf({ limit: 1, 'at-least': position })}`);
}
