import { z } from 'zod';
import { defineEvent } from '../define-event';
import { entityId, MODEL_STAGES, versionNumber } from '../names';

/** A version of a model was moved to another stage. */
export const versionStaged = defineEvent({
  type: 'version.staged',
  topic: 'catalog',
  version: 1,
  data: z.strictObject({
    model: entityId,
    version: versionNumber,
    from: z.enum(MODEL_STAGES),
    to: z.enum(MODEL_STAGES),
  }),
  lifts: {},
});
