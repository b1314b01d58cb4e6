import {
  type Comment,
  type CommentChange,
  type CommentCommand,
  type CommentRefusal,
  commentSubject,
  decideComment,
  evolveComment,
  unseenComment,
} from '@runledger/domain';
import { Fault } from '@runledger/kernel';
import { needsNothing, type RefusalKinds, refusing } from './refusals';
import type { Rules } from './rules';

const KINDS: RefusalKinds<CommentRefusal> = {
  COMMENT_UNKNOWN: 'missing',
  COMMENT_EMPTY: 'invalid',
  COMMENT_ELSEWHERE: 'conflict',
  COMMENT_TOO_MANY_NAMES: 'invalid',
};

export type CommentResult = Readonly<{
  comment: string;
  text: string;
  mentions: readonly string[];
  lifecycle: 'active' | 'deleted';
}>;

/** How commands about comments are answered; what becomes of them is the domain's. */
export const commentRules: Rules<CommentCommand, Comment, CommentChange, CommentResult> = {
  subject: ({ comment }) => commentSubject(comment),
  initial: unseenComment,
  evolve: evolveComment,
  decide: decideComment,
  result: ({ comment }, { status, text, mentions }) => ({
    comment,
    text,
    mentions,
    lifecycle: status === 'active' ? 'active' : 'deleted',
  }),
  taken: () => new Fault('bug', 'COMMANDS_UNKNOWN_CLAIM', 'comments have no names'),
  absent: needsNothing,
  refused: refusing(KINDS),
};
