import { z } from 'zod';
import { defineEvent } from '../define-event';
import { entityId } from '../names';
import { webhookDescription, webhookEvents, webhookName, webhookUrl } from '../webhook-names';

/** Somebody wants to be told of events, from now on. */
export const webhookCreated = defineEvent({
  type: 'webhook.created',
  topic: 'catalog',
  version: 1,
  data: z.strictObject({
    webhook: entityId,
    name: webhookName,
    description: webhookDescription,
    url: webhookUrl,
    events: webhookEvents,
    /** Where its secret is kept; the secret itself stands in no event. */
    secret: entityId.nullable(),
    status: z.enum(['active', 'disabled']),
  }),
  lifts: {},
});
