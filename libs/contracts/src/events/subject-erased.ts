import { z } from 'zod';
import { defineEvent } from '../define-event';
import { erasedArtifact } from '../erased-artifact';
import { entityId } from '../names';
import { subjectId } from '../sealed-text';

/** A second person approved. The keys of these subjects are destroyed from now on, for ever. */
export const subjectErased = defineEvent({
  type: 'subject.erased',
  topic: 'catalog',
  version: 2,
  data: z.strictObject({
    erasure: entityId,
    subjects: z.array(subjectId).max(10_000),
    people: z.array(entityId).max(1_000),
    artifacts: z.array(erasedArtifact).max(1_000),
    person: z.string().max(500),
  }),
  // Version 1 erased keys alone.
  lifts: { 1: (v1: object) => ({ ...v1, artifacts: [] }) },
});
