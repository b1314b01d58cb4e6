import { z } from 'zod';
import { defineEvent } from '../define-event';
import { objectiveScope } from '../governance-names';
import { entityId } from '../names';
import { webhookCondition, webhookDescription, webhookEvents, webhookName, webhookUrl } from '../webhook-names';

/** Somebody wants to be told of events, from now on. */
export const webhookCreated = defineEvent({
  type: 'webhook.created',
  topic: 'catalog',
  version: 2,
  data: z.strictObject({
    webhook: entityId,
    name: webhookName,
    description: webhookDescription,
    url: webhookUrl,
    events: webhookEvents,
    /** Where its secret is kept; the secret itself stands in no event. */
    secret: entityId.nullable(),
    status: z.enum(['active', 'disabled']),
    /** Of what a run has measured; it is told when that first holds of a run. */
    condition: webhookCondition.optional(),
    /** The runs whose thresholds and objectives it is told of; all of the workspace without it. */
    scope: objectiveScope.optional(),
  }),
  /** Before, there was neither condition nor scope. */
  lifts: { 1: (data) => data },
});
