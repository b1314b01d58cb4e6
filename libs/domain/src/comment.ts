import type { ChangeOf, COMMENT_DECISIONS, CommentTarget } from '@runledger/contracts';

export type CommentChange = ChangeOf<typeof COMMENT_DECISIONS>;

export type Comment = Readonly<{
  status: 'unseen' | 'active' | 'deleted';
  about: CommentTarget | null;
  text: string;
  mentions: readonly string[];
}>;
export const unseenComment: Comment = { status: 'unseen', about: null, text: '', mentions: [] };

/** Total: what was decided is never decided again. */
export function evolveComment(comment: Comment, event: CommentChange): Comment {
  switch (event.type) {
    case 'comment.written': {
      const { about, text, mentions } = event.data;
      return { status: 'active', about, text, mentions };
    }
    case 'comment.mentioned':
      return comment; // who is named stands in the words themselves
    case 'comment.deleted':
      return { ...comment, status: 'deleted' };
    default:
      return event satisfies never;
  }
}
