import { z } from 'zod';
import { defineEvent } from '../define-event';
import { name, text } from '../names';

/** Bytes were stored whole under a path of a run. The last one in the log wins. */
export const artifactStored = defineEvent({
  type: 'artifact.stored',
  topic: 'runs',
  version: 1,
  data: z.strictObject({
    path: name(1_000),
    digest: z.string().regex(/^sha256:[0-9a-f]{64}$/),
    size: z.int().min(0),
    mediaType: text(200).default('application/octet-stream'),
  }),
  lifts: {},
});
