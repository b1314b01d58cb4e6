import { z } from 'zod';
import { defineEvent } from '../define-event';
import { link } from '../link';

/** A run belongs to something in other systems: the pipeline that started it, a ticket … The same link again is the same. */
export const runLinked = defineEvent({
  type: 'run.linked',
  topic: 'runs',
  version: 1,
  data: z.strictObject({ links: z.array(link).min(1).max(1_000) }),
  lifts: {},
});
