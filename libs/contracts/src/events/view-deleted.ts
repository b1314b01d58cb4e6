import { z } from 'zod';
import { defineEvent } from '../define-event';
import { entityId } from '../names';

/** A view was deleted, and its name is free again. */
export const viewDeleted = defineEvent({
  type: 'view.deleted',
  topic: 'catalog',
  version: 1,
  data: z.strictObject({ view: entityId }),
  lifts: {},
});
