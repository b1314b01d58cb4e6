import { z } from 'zod';

const node = z.string().describe('kind:name, as `node` is asked for');

export const lineageAnswer = z.strictObject({
  node,
  nodes: z
    .array(
      z.strictObject({ node, kind: z.enum(['run', 'dataset', 'logged-model', 'version', 'artifact', 'external']) }),
    )
    .describe('nearest first; at most 1,000'),
  edges: z
    .array(
      z.strictObject({
        kind: z.enum(['used', 'made', 'measured', 'registered', 'stored', 'same-bytes', 'forked', 'child', 'linked']),
        from: node.describe('what was there first'),
        to: node,
        detail: z
          .string()
          .describe('context of a dataset, path of an artifact, step of a fork, kind of a link; else empty'),
      }),
    )
    .describe('at most 5,000'),
  complete: z.boolean().describe('false when there is more than an answer holds'),
});
export type LineageAnswer = z.output<typeof lineageAnswer>;
