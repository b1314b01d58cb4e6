import { isDeepStrictEqual } from 'node:util';
import type { CommentTarget } from '@runledger/contracts';
import { type Outcome, refuse } from '@runledger/kernel';
import type { Comment, CommentChange } from './comment';
import { type Decision, decided, nothingToDo } from './decision';

export type CommentCommand =
  | Readonly<{ name: 'write-comment'; comment: string; about: CommentTarget; text: string }>
  | Readonly<{ name: 'delete-comment'; comment: string }>;
export type CommentRefusal = 'COMMENT_UNKNOWN' | 'COMMENT_EMPTY' | 'COMMENT_ELSEWHERE' | 'COMMENT_TOO_MANY_NAMES';

export const commentSubject = (comment: string): string => `comment/${comment}`;

/** A name after an @ that stands by itself, as it would not in an address of mail. It ends with a letter or a digit. */
const MENTION = /(?<![\w@.])@([A-Za-z0-9](?:[A-Za-z0-9_.:-]{0,126}[A-Za-z0-9])?)/g;
const MOST_NAMES = 50;

/** Who is named in a text, each once, in its order. */
export const mentionsIn = (text: string): string[] => [
  ...new Set([...text.matchAll(MENTION)].flatMap(([, name]) => (name === undefined ? [] : [name]))),
];

type Decided = Outcome<Decision<CommentChange>, CommentRefusal>;

function write({ comment: id, about, text }: Extract<CommentCommand, { text: string }>, comment: Comment): Decided {
  if (text.trim() === '') return refuse('COMMENT_EMPTY', 'a comment says something; delete it to take it back');
  if (comment.about !== null && !isDeepStrictEqual(comment.about, about))
    return refuse('COMMENT_ELSEWHERE', 'a comment stays where it was written; write another one');
  if (comment.status === 'active' && comment.text === text) return nothingToDo();
  const mentions = mentionsIn(text);
  if (mentions.length > MOST_NAMES)
    return refuse('COMMENT_TOO_MANY_NAMES', `a comment names at most ${MOST_NAMES} people`);
  const named = mentions.filter((who) => !comment.mentions.includes(who));
  return decided([
    { type: 'comment.written', data: { comment: id, about, text, mentions } },
    ...named.map((who) => ({ type: 'comment.mentioned' as const, data: { comment: id, about, who } })),
  ]);
}

/** Pure. A comment that was deleted is there again once it is written. */
export function decideComment(command: CommentCommand, comment: Comment): Decided {
  if (command.name === 'write-comment') return write(command, comment);
  if (comment.status === 'unseen') return refuse('COMMENT_UNKNOWN', 'there is no such comment');
  if (comment.status === 'deleted') return nothingToDo();
  return decided([{ type: 'comment.deleted', data: { comment: command.comment } }]);
}
