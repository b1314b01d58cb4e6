import { z } from 'zod';
import { defineEvent } from '../define-event';
import { entityId } from '../names';

/** A request to erase was taken back, or refused by who was to approve it. */
export const erasureWithdrawn = defineEvent({
  type: 'erasure.withdrawn',
  topic: 'catalog',
  version: 1,
  data: z.strictObject({
    erasure: entityId,
  }),
  lifts: {},
});
