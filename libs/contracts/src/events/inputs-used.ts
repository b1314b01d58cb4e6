import { z } from 'zod';
import { defineEvent } from '../define-event';
import { key, name, text } from '../names';

/** Datasets that a run read. The same name and digest again is the same input. */
export const inputsUsed = defineEvent({
  type: 'inputs.used',
  topic: 'runs',
  version: 1,
  data: z.strictObject({
    inputs: z
      .array(
        z.strictObject({
          name: name(500),
          /** Of the content, as its owner computes it; `sha256:…` by preference. */
          digest: name(200),
          /** What it was used for: train, validation, test … */
          context: text(100).default(''),
          source: text(10_000).optional(),
          sourceType: text(100).optional(),
          schema: text(100_000).optional(),
          profile: text(100_000).optional(),
          tags: z
            .array(z.strictObject({ key, value: text(5_000) }))
            .max(100)
            .default([]),
        }),
      )
      .min(1)
      .max(1_000),
  }),
  lifts: {},
});
