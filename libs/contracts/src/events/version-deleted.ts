import { z } from 'zod';
import { defineEvent } from '../define-event';
import { entityId, versionNumber } from '../names';

/** A version of a model is gone, for ever; its number is not given again. */
export const versionDeleted = defineEvent({
  type: 'version.deleted',
  topic: 'catalog',
  version: 1,
  data: z.strictObject({ model: entityId, version: versionNumber }),
  lifts: {},
});
