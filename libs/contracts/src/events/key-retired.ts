import { z } from 'zod';
import { defineEvent } from '../define-event';
import { entityId, instant } from '../names';

/** A key that another takes the place of got an end; until then both let in. */
export const keyRetired = defineEvent({
  type: 'key.retired',
  topic: 'catalog',
  version: 1,
  data: z.strictObject({ account: entityId, key: entityId, expiresAt: instant }),
  lifts: {},
});
