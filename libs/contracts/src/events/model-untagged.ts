import { z } from 'zod';
import { defineEvent } from '../define-event';
import { entityId, key } from '../names';

/** Tags of a registered model were taken away. */
export const modelUntagged = defineEvent({
  type: 'model.untagged',
  topic: 'catalog',
  version: 1,
  data: z.strictObject({ model: entityId, keys: z.array(key).min(1).max(1_000) }),
  lifts: {},
});
