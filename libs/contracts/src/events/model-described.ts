import { z } from 'zod';
import { defineEvent } from '../define-event';
import { entityId, text } from '../names';

/** A registered model got another description. */
export const modelDescribed = defineEvent({
  type: 'model.described',
  topic: 'catalog',
  version: 1,
  data: z.strictObject({ model: entityId, description: text(100_000) }),
  lifts: {},
});
