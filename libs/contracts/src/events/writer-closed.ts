import { z } from 'zod';
import { defineEvent } from '../define-event';
import { entityId } from '../names';

/** A writer will send no more: how many batches and points it sent in all. Until then, missing means inner gaps. */
export const writerClosed = defineEvent({
  type: 'writer.closed',
  topic: 'runs',
  version: 1,
  data: z.strictObject({
    writer: entityId,
    topic: z.enum(['runs', 'metrics', 'console']),
    /** The number of batches: the last sequence plus one. */
    batches: z.int().min(0),
    points: z.int().min(0).default(0),
  }),
  lifts: {},
});
