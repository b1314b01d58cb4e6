import { z } from 'zod';
import { defineEvent } from '../define-event';
import { entityId } from '../names';

/** A person got a password of this server, the first or another one. Neither it nor the name is in the record. */
export const localAccountSet = defineEvent({
  type: 'local-account.set',
  topic: 'catalog',
  version: 1,
  data: z.strictObject({ person: entityId }),
  lifts: {},
});
