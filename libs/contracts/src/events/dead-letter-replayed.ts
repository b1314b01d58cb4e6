import { z } from 'zod';
import { defineEvent } from '../define-event';
import { entityId, text } from '../names';

/** What could not be applied was given to the log once more. */
export const deadLetterReplayed = defineEvent({
  type: 'dead-letter.replayed',
  topic: 'catalog',
  version: 1,
  data: z.strictObject({
    letter: entityId,
    /** Why it had been set aside. */
    code: text(200),
    /** How often it has been replayed, this time included. */
    number: z.int().min(1),
  }),
  lifts: {},
});
