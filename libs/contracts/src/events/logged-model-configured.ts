import { z } from 'zod';
import { defineEvent } from '../define-event';
import { entityId, key, text } from '../names';

/** Params of a logged model became known. None of them had another value before. */
export const loggedModelConfigured = defineEvent({
  type: 'logged-model.configured',
  topic: 'catalog',
  version: 1,
  data: z.strictObject({
    loggedModel: entityId,
    params: z
      .array(z.strictObject({ key, value: text(100_000) }))
      .min(1)
      .max(1_000),
  }),
  lifts: {},
});
