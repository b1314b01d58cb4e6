import { z } from 'zod';
import { defineEvent } from '../define-event';
import { key, text } from '../names';

/** Params of a run. The first value of a key wins; a later different one is kept as a conflict. */
export const paramsLogged = defineEvent({
  type: 'params.logged',
  topic: 'runs',
  version: 1,
  data: z.strictObject({
    params: z
      .array(z.strictObject({ key, value: z.union([text(100_000), z.number(), z.boolean()]) }))
      .min(1)
      .max(10_000),
  }),
  lifts: {},
});
