import { z } from 'zod';
import { defineEvent } from '../define-event';
import { entityId } from '../names';

/** A key was revoked: it lets nobody in any more, ever. */
export const keyRevoked = defineEvent({
  type: 'key.revoked',
  topic: 'catalog',
  version: 1,
  data: z.strictObject({ account: entityId, key: entityId }),
  lifts: {},
});
