import { z } from 'zod';

/** GET /api/v1/limits: each quota that holds for the caller, and what may be kept. Other processes' use shows a little later. */
export const limitsAnswer = z.object({
  limits: z.array(
    z.object({
      scope: z.enum(['workspace', 'project', 'caller']),
      quantity: z.enum(['requests', 'bytes', 'points', 'read-ms', 'series']),
      limit: z.number().describe('most of the quantity in a window'),
      windowSeconds: z.number(),
      remaining: z.number(),
      resetSeconds: z.number().describe('until the window ends'),
    }),
  ),
  storage: z
    .array(
      z.object({
        scope: z.enum(['workspace', 'project']),
        project: z.string().nullable(),
        limit: z.number().describe('most bytes of artifacts, each content once, in all versions'),
        used: z.number(),
      }),
    )
    .describe('of the workspace, and of the projects that are reached in which something is kept'),
});
