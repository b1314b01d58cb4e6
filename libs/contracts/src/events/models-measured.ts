import { z } from 'zod';
import { defineEvent } from '../define-event';
import { entityId, int64, key, text } from '../names';

/**
 * Metrics of logged models, measured by a run, maybe on a dataset. The points themselves are in the run's metrics as well;
 * this says which model each of them is about.
 */
export const modelsMeasured = defineEvent({
  type: 'models.measured',
  topic: 'runs',
  version: 1,
  data: z.strictObject({
    measurements: z
      .array(
        z.strictObject({
          loggedModel: entityId,
          key,
          value: z.union([z.number(), z.enum(['NaN', 'Infinity', '-Infinity'])]),
          step: int64.default(0),
          /** ms since 1970 */
          time: int64,
          dataset: z.strictObject({ name: text(500), digest: text(200) }).optional(),
        }),
      )
      .min(1)
      .max(10_000),
  }),
  lifts: {},
});
