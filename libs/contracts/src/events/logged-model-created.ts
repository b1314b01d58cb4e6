import { z } from 'zod';
import { defineEvent } from '../define-event';
import { entityId, key, name, text } from '../names';
import { personal } from '../sealed-text';

/** A model was begun to be logged in an experiment, mostly by a run. */
export const loggedModelCreated = defineEvent({
  type: 'logged-model.created',
  topic: 'catalog',
  version: 1,
  data: z.strictObject({
    loggedModel: entityId,
    experiment: entityId,
    name: name(500),
    run: entityId.optional(),
    modelType: text(500).optional(),
    params: z
      .array(z.strictObject({ key, value: text(100_000) }))
      .max(1_000)
      .default([]),
    tags: z
      .array(z.strictObject({ key, value: personal(text(100_000)) }))
      .max(1_000)
      .default([]),
  }),
  lifts: {},
});
