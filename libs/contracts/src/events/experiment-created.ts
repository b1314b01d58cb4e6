import { z } from 'zod';
import { defineEvent } from '../define-event';
import { entityId, key, name, text } from '../names';
import { personal } from '../sealed-text';

/** An experiment was created in a project, under a name that is unique in its workspace. */
export const experimentCreated = defineEvent({
  type: 'experiment.created',
  topic: 'catalog',
  version: 1,
  data: z.strictObject({
    experiment: entityId,
    project: entityId,
    name: name(500),
    tags: z
      .array(z.strictObject({ key, value: personal(text(5_000)) }))
      .max(1_000)
      .default([]),
  }),
  lifts: {},
});
