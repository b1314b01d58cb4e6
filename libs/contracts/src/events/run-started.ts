import { z } from 'zod';
import { defineEvent } from '../define-event';
import { entityId, instant, int64, name } from '../names';

/** A run began, or is announced by an importer. It may come after the run's first data. */
export const runStarted = defineEvent({
  type: 'run.started',
  topic: 'runs',
  version: 1,
  data: z.strictObject({
    project: entityId.default('default'),
    experiment: entityId,
    name: name(500).optional(),
    /** Defaults to the event's time. */
    startedAt: instant.optional(),
    parent: entityId.optional(),
    /** The run whose history up to and including this step is inherited. */
    fork: z.strictObject({ run: entityId, step: int64 }).optional(),
  }),
  lifts: {},
});
