import { z } from 'zod';
import { defineEvent } from '../define-event';
import { erasedArtifact } from '../erased-artifact';
import { entityId, name } from '../names';
import { subjectId } from '../sealed-text';

/** Somebody asked that what is said of some subjects be erased. Names nobody: subjects and people are random ids. */
export const erasureRequested = defineEvent({
  type: 'erasure.requested',
  topic: 'catalog',
  version: 2,
  data: z.strictObject({
    erasure: entityId,
    subjects: z.array(subjectId).max(10_000),
    /** Rows of people who have signed in. */
    people: z.array(entityId).max(1_000),
    artifacts: z.array(erasedArtifact).max(1_000),
    /** Where its grounds are kept, for example a ticket; never whom it is about. */
    reference: name(200),
    /** Whose wish it is to erase, as a person: another one approves. */
    person: z.string().max(500),
  }),
  // Version 1 erased keys alone.
  lifts: { 1: (v1: object) => ({ ...v1, artifacts: [] }) },
});
