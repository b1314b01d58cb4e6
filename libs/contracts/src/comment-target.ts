import { z } from 'zod';
import { entityId, key, modelName } from './names';

/** What a comment is about: a run, one of its charts, a version of a model, a dashboard or report. */
export const commentTarget = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('run'), id: entityId }),
  z.strictObject({ kind: z.literal('chart'), id: entityId, metric: key }),
  z.strictObject({
    kind: z.literal('version'),
    id: modelName,
    version: z.int().min(1).max(2_147_483_647),
  }),
  z.strictObject({ kind: z.literal('board'), id: entityId }),
]);
export type CommentTarget = z.output<typeof commentTarget>;
