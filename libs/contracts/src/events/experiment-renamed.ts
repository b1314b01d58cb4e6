import { z } from 'zod';
import { defineEvent } from '../define-event';
import { entityId, name } from '../names';

/** An experiment got another name. */
export const experimentRenamed = defineEvent({
  type: 'experiment.renamed',
  topic: 'catalog',
  version: 1,
  data: z.strictObject({ experiment: entityId, from: name(500), to: name(500) }),
  lifts: {},
});
