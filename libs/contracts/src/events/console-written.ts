import { z } from 'zod';
import { defineEvent } from '../define-event';
import { instant, text } from '../names';

/** Lines that a run's process printed. */
export const consoleWritten = defineEvent({
  type: 'console.written',
  topic: 'console',
  version: 1,
  data: z.strictObject({
    stream: z.enum(['stdout', 'stderr']),
    /** Number of the first line in this stream of this writer, from 0. */
    firstLine: z.int().min(0),
    lines: z
      .array(z.strictObject({ time: instant, text: text(10_000) }))
      .min(1)
      .max(10_000),
  }),
  lifts: {},
});
