import { z } from 'zod';
import { defineEvent } from '../define-event';
import { entityId } from '../names';

/** A deleted experiment came back. */
export const experimentRestored = defineEvent({
  type: 'experiment.restored',
  topic: 'catalog',
  version: 1,
  data: z.strictObject({ experiment: entityId }),
  lifts: {},
});
