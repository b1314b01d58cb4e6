import { z } from 'zod';
import { defineEvent } from '../define-event';
import { entityId, instant, name } from '../names';

/** Somebody took a file of many things away: evidence, or a table. The actor is who did. */
export const accessExported = defineEvent({
  type: 'access.exported',
  topic: 'catalog',
  version: 1,
  data: z.strictObject({
    export: entityId,
    kind: z.enum(['evidence', 'export']),
    /** What was asked for, as JSON: a run, a project, a table. */
    scope: name(10_000),
    /** Before the first byte left. */
    at: instant,
  }),
  lifts: {},
});
