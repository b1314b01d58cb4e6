import { z } from 'zod';
import { defineEvent } from '../define-event';
import { entityId } from '../names';
import { webhookDescription, webhookEvents, webhookName, webhookUrl } from '../webhook-names';

/** A webhook is another one in these members. To be made active again ends a pause. */
export const webhookChanged = defineEvent({
  type: 'webhook.changed',
  topic: 'catalog',
  version: 1,
  data: z.strictObject({
    webhook: entityId,
    name: webhookName.optional(),
    description: webhookDescription.optional(),
    url: webhookUrl.optional(),
    events: webhookEvents.optional(),
    secret: entityId.nullable().optional(),
    status: z.enum(['active', 'disabled']).optional(),
  }),
  lifts: {},
});
