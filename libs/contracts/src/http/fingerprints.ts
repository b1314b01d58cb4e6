import { z } from 'zod';
import { key, name, text } from '../names';
import { run } from './answers';

const work = z.strictObject({
  params: z.record(key, z.union([text(100_000), z.number(), z.boolean()])).default({}),
  code: z
    .strictObject({
      commit: name(200).optional(),
      dirty: z.boolean().optional(),
      diffDigest: name(200).optional().describe('of the uncommitted change'),
    })
    .optional(),
  inputs: z
    .array(z.strictObject({ digest: name(200), context: text(100).default('') }))
    .max(10_000)
    .default([]),
});

export const fingerprintsBody = z
  .union([z.strictObject({ fingerprint: name(200) }), work])
  .describe('a fingerprint, or what it is made of: as a run would record it')
  .meta({ example: { params: { lr: 0.1 }, code: { commit: 'c0ffee' }, inputs: [{ digest: 'd1', context: 'train' }] } });
export type FingerprintsBody = z.output<typeof fingerprintsBody>;

export const fingerprintsAnswer = z.strictObject({
  fingerprint: z
    .string()
    .nullable()
    .describe('null where it cannot be told: nothing is known, or code was changed and nobody says how'),
  runs: z.array(run).describe('that did this work, the first of them first; at most 100'),
});
export type FingerprintsAnswer = z.output<typeof fingerprintsAnswer>;
