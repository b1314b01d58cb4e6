import { z } from 'zod';
import { defineEvent } from '../define-event';
import { entityId } from '../names';

/** A comment was deleted. */
export const commentDeleted = defineEvent({
  type: 'comment.deleted',
  topic: 'catalog',
  version: 1,
  data: z.strictObject({ comment: entityId }),
  lifts: {},
});
