import { z } from 'zod';
import { defineEvent } from '../define-event';
import { entityId } from '../names';

/** A hold holds no more. */
export const holdLifted = defineEvent({
  type: 'hold.lifted',
  topic: 'catalog',
  version: 1,
  data: z.strictObject({
    hold: entityId,
  }),
  lifts: {},
});
