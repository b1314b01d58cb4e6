import { z } from 'zod';
import { defineEvent } from '../define-event';
import { entityId } from '../names';
import { subjectId } from '../sealed-text';

/** A second person approved. The keys of these subjects are destroyed from now on, for ever. */
export const subjectErased = defineEvent({
  type: 'subject.erased',
  topic: 'catalog',
  version: 1,
  data: z.strictObject({
    erasure: entityId,
    subjects: z.array(subjectId).min(1).max(10_000),
    people: z.array(entityId).max(1_000),
    person: z.string().max(500),
  }),
  lifts: {},
});
