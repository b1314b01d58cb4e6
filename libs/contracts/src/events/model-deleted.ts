import { z } from 'zod';
import { defineEvent } from '../define-event';
import { entityId } from '../names';

/** A registered model is gone with its versions and aliases, for ever. Its name is free for another one, which begins at version 1. */
export const modelDeleted = defineEvent({
  type: 'model.deleted',
  topic: 'catalog',
  version: 1,
  data: z.strictObject({ model: entityId }),
  lifts: {},
});
