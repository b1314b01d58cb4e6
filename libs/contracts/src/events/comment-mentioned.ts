import { z } from 'zod';
import { commentTarget } from '../comment-target';
import { defineEvent } from '../define-event';
import { entityId } from '../names';

/** Somebody was named in a comment who had not been named in it before. */
export const commentMentioned = defineEvent({
  type: 'comment.mentioned',
  topic: 'catalog',
  version: 1,
  data: z.strictObject({ comment: entityId, about: commentTarget, who: entityId }),
  lifts: {},
});
