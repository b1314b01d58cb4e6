import { z } from 'zod';

const count = z.int().min(0);

/** GET /api/v1/storage: what is stored, and where. */
export const storageAnswer = z.strictObject({
  workspace: z.strictObject({
    runs: count,
    points: count.describe('stored rows'),
    artifacts: z
      .strictObject({ files: count, bytes: count })
      .describe('as recorded of runs, each content once; without what has expired or was erased'),
  }),
  stores: z
    .array(
      z.strictObject({
        store: z.enum(['postgres', 'clickhouse']),
        bytes: count,
        tables: z.array(
          z.strictObject({
            name: z.string(),
            bytes: count.describe('on disk, with indexes'),
            rows: count.describe("the store's own estimate; not merged yet counts double"),
          }),
        ),
      }),
    )
    .nullable()
    .describe('of all workspaces together; null for who is not an operator of the service'),
});
export type StorageAnswer = z.output<typeof storageAnswer>;
