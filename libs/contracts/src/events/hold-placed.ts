import { z } from 'zod';
import { defineEvent } from '../define-event';
import { entityId, name } from '../names';
import { subjectId } from '../sealed-text';

/** What is said of these subjects, or of all of the workspace, must be kept: nothing of it is erased while this holds. */
export const holdPlaced = defineEvent({
  type: 'hold.placed',
  topic: 'catalog',
  version: 1,
  data: z.strictObject({
    hold: entityId,
    /** Absent: of everybody. */
    subjects: z.array(subjectId).min(1).max(10_000).optional(),
    /** Where its grounds are kept, for example a case; never whom it is about. */
    reference: name(200),
  }),
  lifts: {},
});
