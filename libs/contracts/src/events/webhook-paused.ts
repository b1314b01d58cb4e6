import { z } from 'zod';
import { defineEvent } from '../define-event';
import { entityId, text } from '../names';

/** Nobody was there for too long. What happens meanwhile is sent when the webhook is made active again. */
export const webhookPaused = defineEvent({
  type: 'webhook.paused',
  topic: 'catalog',
  version: 1,
  data: z.strictObject({ webhook: entityId, reason: text(1_000) }),
  lifts: {},
});
