import { z } from 'zod';
import { defineEvent } from '../define-event';
import { instant, text } from '../names';

/** A run ended. It may still take data afterwards; a later finish in the log wins. */
export const runFinished = defineEvent({
  type: 'run.finished',
  topic: 'runs',
  version: 1,
  data: z.strictObject({
    outcome: z.enum(['finished', 'failed', 'killed']),
    /** Defaults to the event's time. */
    finishedAt: instant.optional(),
    message: text(10_000).optional(),
  }),
  lifts: {},
});
