import { z } from 'zod';
import { defineEvent } from '../define-event';
import { entityId } from '../names';

/** A dashboard or a report was deleted. */
export const boardDeleted = defineEvent({
  type: 'board.deleted',
  topic: 'catalog',
  version: 1,
  data: z.strictObject({ board: entityId }),
  lifts: {},
});
