import { z } from 'zod';
import { defineEvent } from '../define-event';
import { entityId } from '../names';

/** A service account that was disabled was enabled; its keys are what they were. */
export const serviceAccountEnabled = defineEvent({
  type: 'service-account.enabled',
  topic: 'catalog',
  version: 1,
  data: z.strictObject({ account: entityId }),
  lifts: {},
});
