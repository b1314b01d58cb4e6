import { z } from 'zod';
import { defineEvent } from '../define-event';
import { key } from '../names';

/** Tags of a run were taken away. One that is not there is no error. */
export const tagsDeleted = defineEvent({
  type: 'tags.deleted',
  topic: 'runs',
  version: 1,
  data: z.strictObject({ keys: z.array(key).min(1).max(10_000) }),
  lifts: {},
});
