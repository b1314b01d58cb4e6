import { z } from 'zod';
import { defineEvent } from '../define-event';
import { key, text } from '../names';
import { personal } from '../sealed-text';

/** Tags of a run. The last one in the log wins. */
export const tagsSet = defineEvent({
  type: 'tags.set',
  topic: 'runs',
  version: 1,
  data: z.strictObject({
    tags: z
      .array(z.strictObject({ key, value: personal(text(100_000)) }))
      .min(1)
      .max(10_000),
  }),
  lifts: {},
});
