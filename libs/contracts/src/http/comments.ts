import { z } from 'zod';
import { commentTarget } from '../comment-target';
import { page, time } from './answers';

export const commentAnswer = z.strictObject({
  comment: z.string(),
  about: commentTarget,
  text: z.string().describe('markdown'),
  mentions: z.array(z.string()).describe('who is named in it with an @'),
  author: z.string(),
  writtenAt: time.nullable(),
  changedAt: time.describe('of its words as they are now'),
  changedBy: z.string(),
});
export type CommentAnswer = z.output<typeof commentAnswer>;

export const commentsAnswer = page({ comments: z.array(commentAnswer) });
export type CommentsAnswer = z.output<typeof commentsAnswer>;
