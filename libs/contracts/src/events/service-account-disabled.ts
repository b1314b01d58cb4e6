import { z } from 'zod';
import { defineEvent } from '../define-event';
import { entityId } from '../names';

/** A service account was disabled: none of its keys lets anybody in until it is enabled. */
export const serviceAccountDisabled = defineEvent({
  type: 'service-account.disabled',
  topic: 'catalog',
  version: 1,
  data: z.strictObject({ account: entityId }),
  lifts: {},
});
