import { z } from 'zod';
import { defineEvent } from '../define-event';
import { entityId, key, text, versionNumber } from '../names';
import { personal } from '../sealed-text';

/** A model got its next version: numbers have no gaps, and none is used again. */
export const versionCreated = defineEvent({
  type: 'version.created',
  topic: 'catalog',
  version: 1,
  data: z.strictObject({
    model: entityId,
    version: versionNumber,
    /** Where the model comes from, as the client said it. */
    source: text(10_000),
    /** Where its files lie: the source, unless that was another version or a logged model. */
    location: text(10_000),
    run: entityId.optional(),
    runLink: text(10_000).optional(),
    loggedModel: entityId.optional(),
    description: text(100_000).default(''),
    tags: z
      .array(z.strictObject({ key, value: personal(text(100_000)) }))
      .max(1_000)
      .default([]),
  }),
  lifts: {},
});
