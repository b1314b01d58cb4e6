import { z } from 'zod';
import { DELETERS } from '../retention-names';

const days = z.number().nullable().describe('after the end of a run; null: for ever');
const term = z.strictObject({
  days,
  from: z.string().describe('since when, or from when on, it holds'),
  policy: z.string(),
});
const terms = z.strictObject({
  held: term.nullable().describe('what holds now; null: for ever, since nobody has said otherwise'),
  next: term.nullable().describe('what will hold instead'),
  due: z
    .int()
    .describe('runs of which it takes something away as soon as what was said last holds, and that no hold keeps'),
});

const deletersTerm = z.strictObject({
  deleters: z.enum(DELETERS).describe('editors: whoever may write, as ever; else from this role on, or nobody'),
  from: z.string().describe('since when, or from when on, it holds'),
  policy: z.string(),
});
const lockTerm = z.strictObject({
  days: z.number().nullable().describe('from when an artifact is stored; null: none are locked'),
  from: z.string().describe('since when, or from when on, it holds'),
  policy: z.string(),
});
const lockTerms = z
  .strictObject({
    held: lockTerm.nullable().describe('what holds now; null: nobody has said anything'),
    next: lockTerm.nullable().describe('what will hold instead'),
    files: z.int().describe('contents that are locked now, also by what held before'),
    until: z.string().nullable().describe('when the last of these locks ends; nobody can shorten it'),
    open: z.int().describe('contents that are there and that what was said last has still to lock'),
  })
  .describe('for how long nobody can take artifacts away (S3 Object Lock, compliance mode)');

const deleters = z
  .strictObject({
    held: deletersTerm.nullable().describe('null: editors, since nobody has said otherwise'),
    next: deletersTerm.nullable().describe('what will hold instead'),
    you: z.boolean().describe('whether whoever asks is one of them now, where he may write at all'),
    refusal: z.string().nullable().describe('why whoever asks would be refused; null: he is one of them'),
  })
  .describe('who may delete');
export const projectDeletersAnswer = z.strictObject({ project: z.string(), deleters });

export const retentionAnswer = z.strictObject({
  project: z.string(),
  points: terms,
  artifacts: terms,
  deleters,
  lock: lockTerms,
  policies: z
    .array(
      z.strictObject({
        policy: z.string(),
        event: z.string().describe('whose proof /api/v1/proofs/event/<id> gives'),
        by: z.string().describe('the actor'),
        at: z.string(),
        reference: z.string(),
        said: z.strictObject({
          points: days.optional(),
          artifacts: days.optional(),
          lock: z.number().nullable().optional(),
          deleters: z.enum(DELETERS).optional(),
        }),
      }),
    )
    .describe('oldest first'),
});

export type ProjectDeletersAnswer = z.output<typeof projectDeletersAnswer>;
export type RetentionAnswer = z.output<typeof retentionAnswer>;

const previewTerm = {
  days,
  from: z.string().nullable().describe('when it would hold: now, or a while later; null: nobody has said anything'),
  runs: z.int().describe('of which something goes as soon as it holds'),
  held: z
    .strictObject({
      runs: z.int().describe('that would go as well, and that a hold keeps'),
      listed: z
        .array(z.strictObject({ run: z.string(), holds: z.array(z.string()) }))
        .describe('the first of them, with the holds that keep each'),
    })
    .describe('what holds keep'),
};

/** What would go by a policy that nobody has set. */
export const retentionPreview = z.strictObject({
  project: z.string(),
  points: z.strictObject({ ...previewTerm, metrics: z.int().describe('of these runs'), points: z.int() }),
  artifacts: z.strictObject({
    ...previewTerm,
    files: z.int().describe('in all versions'),
    bytes: z.int().describe('of these files, each content once for each run'),
    freed: z.int().describe('bytes that nobody else has then, which go from the disk'),
  }),
});

export type RetentionPreview = z.output<typeof retentionPreview>;

/** A tombstone. */
export const expiryAnswer = z
  .strictObject({
    run: z.string(),
    what: z.enum(['points', 'artifacts']),
    event: z.string().describe('the decision by which it went, whose proof /api/v1/proofs/event/<id> gives'),
    at: z.string(),
    gone: z.boolean().describe('false for some seconds, until it is carried out'),
    policy: z.string(),
    policyEvent: z.string().nullable(),
    policyBy: z.string().nullable().describe('the actor by whose order it went'),
    days: z.number(),
    ended: z.string().describe('from when the days count'),
    metrics: z.int().nullable().describe('of points: how many metrics there were'),
    points: z.int().nullable(),
    files: z.int().nullable().describe('of artifacts: how many files there were, in all versions'),
    bytes: z.int().nullable(),
    digest: z.string().describe('SHA-256 over what there was, as the event tells'),
  })
  .describe('what was there, and by whose order it went');
