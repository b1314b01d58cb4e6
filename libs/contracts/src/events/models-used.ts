import { z } from 'zod';
import { defineEvent } from '../define-event';
import { entityId } from '../names';

/** Logged models that a run read. The same model again is the same input. */
export const modelsUsed = defineEvent({
  type: 'models.used',
  topic: 'runs',
  version: 1,
  data: z.strictObject({
    models: z
      .array(z.strictObject({ loggedModel: entityId }))
      .min(1)
      .max(1_000),
  }),
  lifts: {},
});
