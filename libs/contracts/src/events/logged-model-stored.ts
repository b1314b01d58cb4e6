import { z } from 'zod';
import { defineEvent } from '../define-event';
import { entityId, name, text } from '../names';

/** Bytes were stored whole under a path of a logged model. The last one in the journal wins. */
export const loggedModelStored = defineEvent({
  type: 'logged-model.stored',
  topic: 'catalog',
  version: 1,
  data: z.strictObject({
    loggedModel: entityId,
    path: name(1_000),
    digest: z.string().regex(/^sha256:[0-9a-f]{64}$/),
    size: z.int().min(0),
    mediaType: text(200).default('application/octet-stream'),
  }),
  lifts: {},
});
