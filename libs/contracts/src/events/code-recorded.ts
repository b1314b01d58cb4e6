import { z } from 'zod';
import { defineEvent } from '../define-event';
import { name, text } from '../names';
import { personal } from '../sealed-text';

/** The code version that a run was started from. The last one in the log wins. */
export const codeRecorded = defineEvent({
  type: 'code.recorded',
  topic: 'runs',
  version: 1,
  data: z.strictObject({
    repository: text(2_000).optional(),
    commit: name(200).optional(),
    branch: text(500).optional(),
    dirty: z.boolean().optional(),
    /** Of the uncommitted change, when the work tree was dirty. */
    diffDigest: name(200).optional(),
    entrypoint: personal(text(2_000)).optional(),
  }),
  lifts: {},
});
