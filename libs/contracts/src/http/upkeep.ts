import { z } from 'zod';
import { time } from './answers';

const count = z.int().min(0);
const held = z.strictObject({ rows: count, digest: z.string() }).nullable().describe('null: nothing');

/** A place where something else is found than what the log comes to. */
export const difference = z.strictObject({
  kind: z.literal('difference'),
  workspace: z.string().describe('empty where it is of none'),
  subject: z.string().describe('what it is about, such as run/<id> or experiment/<id>'),
  where: z.string().describe('the store and the table in it'),
  expected: held,
  found: held,
  missing: z.array(z.string()).describe('a few rows that should be there'),
  unexpected: z.array(z.string()).describe('a few rows that should not be there'),
  repaired: z.boolean(),
});
export type Difference = z.output<typeof difference>;

const progress = z.strictObject({
  kind: z.literal('progress'),
  what: z.string().describe('which projection'),
  stage: z.enum(['reading', 'comparing', 'repairing', 'waiting', 'swapping', 'done']),
  records: count.describe('of the log, read so far'),
  of: count.describe('that there are'),
});
export type Progress = z.output<typeof progress>;

export const checkResult = z.strictObject({
  kind: z.literal('result'),
  startedAt: time,
  finishedAt: time,
  records: count.describe('of the log that were read'),
  compared: count.describe('tables and stores that were compared'),
  differences: count,
  repaired: count,
  found: z.array(difference).describe('the first of them'),
});
export type CheckResult = z.output<typeof checkResult>;

/** Of the ledger: records are leaves, and compared are checkpoints. */
export const ledgerCheckAnswer = z.strictObject({
  last: checkResult.nullable().describe('of the background check of this workspace; null: none has ended yet'),
});
export type LedgerCheckAnswer = z.output<typeof ledgerCheckAnswer>;

export const failure = z.strictObject({ kind: z.literal('failed'), code: z.string(), message: z.string() });

/** A line of `POST check`. The last one is the result, or says why there is none; a stream without either was cut. */
export const checkLine = z.union([progress, difference, checkResult, failure]);
export type CheckLine = z.output<typeof checkLine>;
/** A line of `POST rebuild`. The last one says done, or why not. */
export const rebuildLine = z.union([progress, failure]);
export type RebuildLine = z.output<typeof rebuildLine>;

export const checkAnswer = z.strictObject({
  last: checkResult.nullable().describe('of the background check; null: none has ended yet'),
  projections: z.array(
    z.strictObject({
      projection: z.string(),
      version: count,
      rebuilt: count.describe('how often'),
      rebuiltAt: time.nullable(),
      demandedBy: z.string().nullable(),
      failed: z.string().nullable().describe('why the last rebuild did not end; it is tried again'),
    }),
  ),
});
export type CheckAnswer = z.output<typeof checkAnswer>;
