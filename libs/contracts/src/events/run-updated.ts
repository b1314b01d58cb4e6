import { z } from 'zod';
import { defineEvent } from '../define-event';
import { name, text } from '../names';

/** A run's own description changed. A field that is absent stays; the later one in the log wins. */
export const runUpdated = defineEvent({
  type: 'run.updated',
  topic: 'runs',
  version: 1,
  data: z.strictObject({
    name: name(500).optional(),
    description: text(100_000).optional(),
    lifecycle: z.enum(['active', 'deleted']).optional(),
    /** The run waits for its turn, also after a finish: until it is announced again, or finishes. */
    scheduled: z.literal(true).optional(),
  }),
  lifts: {},
});
