import { z } from 'zod';

/** GET /api/v1/limits: each quota that holds for the caller. Other processes' use shows a little later. */
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
});
