import { z } from 'zod';

const term = z.strictObject({
  days: z.number().nullable().describe('after the end of a run; null: for ever'),
  from: z.string().describe('since when, or from when on, it holds'),
  policy: z.string(),
});
const terms = z.strictObject({
  held: term.nullable().describe('what holds now; null: for ever, since nobody has said otherwise'),
  next: term.nullable().describe('what will hold instead'),
  due: z.int().describe('runs of which it takes something away as soon as what was said last holds'),
});

export const retentionAnswer = z.strictObject({
  project: z.string(),
  points: terms,
  artifacts: terms,
  policies: z
    .array(
      z.strictObject({
        policy: z.string(),
        event: z.string().describe('whose proof /api/v1/proofs/event/<id> gives'),
        by: z.string().describe('the actor'),
        at: z.string(),
        reference: z.string(),
      }),
    )
    .describe('oldest first'),
});
