import { z } from 'zod';
import { defineEvent } from '../define-event';
import { entityId, key, versionNumber } from '../names';

/** Tags of a version of a model were taken away. */
export const versionUntagged = defineEvent({
  type: 'version.untagged',
  topic: 'catalog',
  version: 1,
  data: z.strictObject({ model: entityId, version: versionNumber, keys: z.array(key).min(1).max(1_000) }),
  lifts: {},
});
