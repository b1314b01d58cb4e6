import { z } from 'zod';
import { defineEvent } from '../define-event';
import { entityId } from '../names';

/** Nothing is sent there any more. */
export const webhookDeleted = defineEvent({
  type: 'webhook.deleted',
  topic: 'catalog',
  version: 1,
  data: z.strictObject({ webhook: entityId }),
  lifts: {},
});
