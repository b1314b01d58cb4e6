import { z } from 'zod';
import { defineEvent } from '../define-event';
import { entityId } from '../names';

/** A person's password of this server lets in no more. */
export const localAccountRemoved = defineEvent({
  type: 'local-account.removed',
  topic: 'catalog',
  version: 1,
  data: z.strictObject({ person: entityId }),
  lifts: {},
});
