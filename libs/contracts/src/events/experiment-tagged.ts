import { z } from 'zod';
import { defineEvent } from '../define-event';
import { entityId, key, text } from '../names';
import { personal } from '../sealed-text';

/** An experiment got tags. The last one of a key counts. */
export const experimentTagged = defineEvent({
  type: 'experiment.tagged',
  topic: 'catalog',
  version: 1,
  data: z.strictObject({
    experiment: entityId,
    tags: z
      .array(z.strictObject({ key, value: personal(text(100_000)) }))
      .min(1)
      .max(1_000),
  }),
  lifts: {},
});
