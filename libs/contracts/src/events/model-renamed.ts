import { z } from 'zod';
import { defineEvent } from '../define-event';
import { entityId, modelName } from '../names';

/** A registered model got another name; its versions stay with it. */
export const modelRenamed = defineEvent({
  type: 'model.renamed',
  topic: 'catalog',
  version: 1,
  data: z.strictObject({ model: entityId, from: modelName, to: modelName }),
  lifts: {},
});
