import { z } from 'zod';
import { defineEvent } from '../define-event';
import { entityId } from '../names';

/** What comes after this place of the workspace's feed is sent again, or for the first time. */
export const webhookReplayed = defineEvent({
  type: 'webhook.replayed',
  topic: 'catalog',
  version: 1,
  data: z.strictObject({ webhook: entityId, after: z.int().min(0) }),
  lifts: {},
});
