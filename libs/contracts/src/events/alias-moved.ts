import { z } from 'zod';
import { defineEvent } from '../define-event';
import { aliasName, entityId, versionNumber } from '../names';

/** An alias of a model points to a version from now on. */
export const aliasMoved = defineEvent({
  type: 'alias.moved',
  topic: 'catalog',
  version: 1,
  data: z.strictObject({ model: entityId, alias: aliasName, version: versionNumber }),
  lifts: {},
});
