import { z } from 'zod';
import { defineEvent } from '../define-event';
import { aliasName, entityId } from '../names';

/** An alias of a model points to nothing any more. */
export const aliasRemoved = defineEvent({
  type: 'alias.removed',
  topic: 'catalog',
  version: 1,
  data: z.strictObject({ model: entityId, alias: aliasName }),
  lifts: {},
});
