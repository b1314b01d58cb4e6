import { z } from 'zod';
import { defineEvent } from '../define-event';
import { entityId, key } from '../names';

/** Tags of an experiment were taken away. */
export const experimentUntagged = defineEvent({
  type: 'experiment.untagged',
  topic: 'catalog',
  version: 1,
  data: z.strictObject({ experiment: entityId, keys: z.array(key).min(1).max(1_000) }),
  lifts: {},
});
