import { z } from 'zod';
import { defineEvent } from '../define-event';
import { entityId } from '../names';

/** An experiment was put away; it keeps its name and can be restored. */
export const experimentDeleted = defineEvent({
  type: 'experiment.deleted',
  topic: 'catalog',
  version: 1,
  data: z.strictObject({ experiment: entityId }),
  lifts: {},
});
