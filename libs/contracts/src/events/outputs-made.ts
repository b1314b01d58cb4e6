import { z } from 'zod';
import { defineEvent } from '../define-event';
import { entityId, int64 } from '../names';

/** Models that a run made, each at a step. The same model and step again is the same output. */
export const outputsMade = defineEvent({
  type: 'outputs.made',
  topic: 'runs',
  version: 1,
  data: z.strictObject({
    outputs: z
      .array(z.strictObject({ loggedModel: entityId, step: int64.default(0) }))
      .min(1)
      .max(1_000),
  }),
  lifts: {},
});
