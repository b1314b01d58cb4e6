import { z } from 'zod';
import { commentTarget } from '../comment-target';
import { defineEvent } from '../define-event';
import { entityId, text } from '../names';
import { personal } from '../sealed-text';

/** Somebody said something of something, for the first time or in other words, or took back that it was deleted. */
export const commentWritten = defineEvent({
  type: 'comment.written',
  topic: 'catalog',
  version: 1,
  data: z.strictObject({
    comment: entityId,
    about: commentTarget,
    /** Markdown. */
    text: personal(text(20_000)),
    /** Who is named in it with an @, in the order of the text. */
    mentions: z.array(entityId).max(50),
  }),
  lifts: {},
});
