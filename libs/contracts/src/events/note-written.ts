import { z } from 'zod';
import { defineEvent } from '../define-event';
import { entityId, text } from '../names';

/** What people say of a run was written anew, in markdown. Empty: it was taken away. */
export const noteWritten = defineEvent({
  type: 'note.written',
  topic: 'catalog',
  version: 1,
  data: z.strictObject({
    run: entityId,
    /** How often it has been written, this time included. */
    number: z.int().min(1),
    text: text(100_000),
  }),
  lifts: {},
});
