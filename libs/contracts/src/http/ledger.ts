import { z } from 'zod';
import { time } from './answers';

const checkpoint = z.strictObject({
  size: z.int().min(0).describe('leaves of the log'),
  root: z.string().describe('of the tree over them, in hex'),
  signedAt: time,
  note: z.string().describe('as it was signed (C2SP tlog-checkpoint), with what witnesses signed below'),
});
const destination = {
  size: z.int().min(0).describe('leaves of the largest checkpoint that is there; 0: none yet'),
  deliveredAt: time.nullable(),
  fault: z.string().nullable().describe('the code of why it did not take what came since'),
  failingSince: time.nullable(),
};

export const checkpointsAnswer = z.strictObject({ checkpoints: z.array(checkpoint) });
export type CheckpointsAnswer = z.output<typeof checkpointsAnswer>;

/** Where sinks are is the operator's business: of a URL its host is told, of a bucket its name, of a folder nothing. */
export const ledgerAnswer = z.strictObject({
  workspace: z.string(),
  origin: z.string().describe('by which name checkpoints are signed'),
  verifierKeys: z.array(z.string()).describe('of the log (C2SP signed-note); two while its key changes'),
  head: checkpoint,
  sinks: z.array(z.strictObject({ kind: z.enum(['folder', 'url', 'bucket']), place: z.string(), ...destination })),
  witnesses: z.array(z.strictObject({ name: z.string(), verifierKey: z.string(), ...destination })),
});
export type LedgerAnswer = z.output<typeof ledgerAnswer>;
