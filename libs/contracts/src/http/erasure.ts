import { z } from 'zod';

const status = z.enum(['requested', 'withdrawn', 'approved']);
const told = z.strictObject({
  by: z.string().describe('the actor'),
  at: z.string(),
  leaf: z.int().nullable().describe("index of the event's leaf in the ledger; null until it is there"),
});

export const erasuresAnswer = z.strictObject({
  erasures: z.array(
    z.strictObject({
      erasure: z.string(),
      status,
      reference: z.string(),
      subjects: z.int().describe('how many keys it is about'),
      people: z.int(),
      artifacts: z.int(),
    }),
  ),
});

export const erasureReport = z.strictObject({
  erasure: z.string(),
  status,
  reference: z.string(),
  subjects: z.array(z.string()).describe('random ids of the keys; sealed texts name the one by which they were sealed'),
  people: z.array(z.string()),
  artifacts: z.array(
    z.strictObject({
      digest: z.string(),
      runs: z.array(z.string()).describe('in which it was named'),
      goneAt: z.string().nullable().describe('null before that, and while other runs have the same bytes'),
      heldBy: z.array(z.string()).describe('holds that were placed since, and keep them until they are lifted'),
      lockedUntil: z.string().nullable().describe('a lock of the store keeps them until then'),
    }),
  ),
  requested: told.nullable(),
  approved: told.nullable(),
  keysDestroyedAt: z.string().nullable().describe('since then nothing that this deployment keeps opens their texts'),
  handedOut: z
    .array(
      z.strictObject({
        at: z.string(),
        actor: z.string(),
        kind: z.string(),
        scope: z.record(z.string(), z.unknown()).describe('what was asked for'),
      }),
    )
    .describe('bundles and exports of the workspace that left as files: whoever has one has what could be read then'),
  clearBefore: z
    .string()
    .nullable()
    .describe('until then this deployment wrote in clear, and kept it: nobody was erased from that'),
});

export const holdsAnswer = z.strictObject({
  holds: z.array(
    z.strictObject({
      hold: z.string(),
      subjects: z.int().nullable().describe('how many keys it is about; null: all that is said of anybody'),
      artifacts: z.int().describe('how many digests it is about, beside that'),
      runs: z.array(z.string()).describe('all that these have logged'),
      projects: z.array(z.string()),
      reference: z.string(),
      status: z.enum(['in-force', 'lifted']),
    }),
  ),
});
export type HoldsAnswer = z.output<typeof holdsAnswer>;
