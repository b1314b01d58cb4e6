import { z } from 'zod';
import { defineEvent } from '../define-event';
import { entityId } from '../names';

/** An objective counts no more. */
export const objectiveRetired = defineEvent({
  type: 'objective.retired',
  topic: 'catalog',
  version: 1,
  data: z.strictObject({ objective: entityId }),
  lifts: {},
});
