import { z } from 'zod';
import { defineEvent } from '../define-event';
import { entityId, key, modelName, text } from '../names';
import { personal } from '../sealed-text';

/** A model was registered, under a name that is unique in its workspace. */
export const modelCreated = defineEvent({
  type: 'model.created',
  topic: 'catalog',
  version: 1,
  data: z.strictObject({
    model: entityId,
    name: modelName,
    description: text(100_000).default(''),
    tags: z
      .array(z.strictObject({ key, value: personal(text(100_000)) }))
      .max(1_000)
      .default([]),
  }),
  lifts: {},
});
