import { z } from 'zod';
import { defineEvent } from '../define-event';
import { objectiveScope } from '../governance-names';
import { entityId } from '../names';
import { webhookCondition, webhookDescription, webhookEvents, webhookName, webhookUrl } from '../webhook-names';

/** A webhook is another one in these members. To be made active again ends a pause. */
export const webhookChanged = defineEvent({
  type: 'webhook.changed',
  topic: 'catalog',
  version: 2,
  data: z.strictObject({
    webhook: entityId,
    name: webhookName.optional(),
    description: webhookDescription.optional(),
    url: webhookUrl.optional(),
    events: webhookEvents.optional(),
    secret: entityId.nullable().optional(),
    status: z.enum(['active', 'disabled']).optional(),
    condition: webhookCondition.nullable().optional(),
    scope: objectiveScope.nullable().optional(),
  }),
  /** Before, there was neither condition nor scope. */
  lifts: { 1: (data) => data },
});
