import { z } from 'zod';
import { defineEvent } from '../define-event';
import { artifactDigest } from '../erased-artifact';
import { entityId, name } from '../names';
import { subjectId } from '../sealed-text';

/** What is said of these subjects, or of all of the workspace, and what these runs and projects have logged must be kept: nothing of it is erased or expires while this holds. */
export const holdPlaced = defineEvent({
  type: 'hold.placed',
  topic: 'catalog',
  version: 3,
  data: z.strictObject({
    hold: entityId,
    /** Absent: of everybody. */
    subjects: z.array(subjectId).max(10_000).optional(),
    artifacts: z.array(artifactDigest).max(1_000),
    runs: z.array(entityId).max(1_000),
    projects: z.array(entityId).max(100),
    /** Where its grounds are kept, for example a case; never whom it is about. */
    reference: name(200),
  }),
  // Version 1 held keys alone, version 2 artifacts by their digests.
  lifts: { 1: (v1: object) => ({ ...v1, artifacts: [] }), 2: (v2: object) => ({ ...v2, runs: [], projects: [] }) },
});
