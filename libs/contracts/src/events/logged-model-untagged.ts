import { z } from 'zod';
import { defineEvent } from '../define-event';
import { entityId, key } from '../names';

/** Tags of a logged model were taken away. */
export const loggedModelUntagged = defineEvent({
  type: 'logged-model.untagged',
  topic: 'catalog',
  version: 1,
  data: z.strictObject({ loggedModel: entityId, keys: z.array(key).min(1).max(1_000) }),
  lifts: {},
});
