import { z } from 'zod';
import { defineEvent } from '../define-event';
import { entityId } from '../names';

/** Jobs are let in by this rule no more, and who is in by it is out. */
export const trustWithdrawn = defineEvent({
  type: 'trust.withdrawn',
  topic: 'catalog',
  version: 1,
  data: z.strictObject({ trust: entityId }),
  lifts: {},
});
