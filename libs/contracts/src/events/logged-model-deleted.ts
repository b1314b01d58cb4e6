import { z } from 'zod';
import { defineEvent } from '../define-event';
import { entityId } from '../names';

/** A logged model was put away. */
export const loggedModelDeleted = defineEvent({
  type: 'logged-model.deleted',
  topic: 'catalog',
  version: 1,
  data: z.strictObject({ loggedModel: entityId }),
  lifts: {},
});
