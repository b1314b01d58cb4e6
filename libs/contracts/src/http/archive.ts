import { z } from 'zod';
import { time } from './answers';
import { failure } from './upkeep';

const count = z.int().min(0);
const place = { topic: z.string(), partition: count };

const archived = z.strictObject({
  kind: z.literal('archived'),
  ...place,
  first: count,
  next: count.describe('the offset behind its last one'),
  bytes: count.describe('of the file'),
  digest: z.string().describe('SHA-256 of the file, which is its name'),
});
const dropped = z.strictObject({
  kind: z.literal('dropped'),
  ...place,
  before: count.describe('the first offset that the log still has'),
});
const held = z.strictObject({
  kind: z.literal('held'),
  topic: z.string().nullable(),
  partition: count.nullable(),
  offset: count.nullable().describe('the first one that stays'),
  by: z.string().describe('who is not past it yet'),
});
const totals = z.strictObject({
  kind: z.literal('result'),
  ranges: count.describe('that were written'),
  bytes: count.describe('of their files'),
  dropped: count.describe('messages that were taken out of the log'),
});

/** A line of `POST archive`. The last one is the result, or says why there is none; a stream without either was cut. */
export const archiveLine = z.union([archived, dropped, held, totals, failure]);
export type ArchiveLine = z.output<typeof archiveLine>;

export const archiveAnswer = z.strictObject({
  archives: z.boolean().describe('whether this server archives the log'),
  partitions: z.array(
    z.strictObject({
      ...place,
      archivedTo: count.describe('the first offset that is not in the archive'),
      droppedTo: count.describe('the first offset that is in the log'),
      ranges: count,
      bytes: count.describe('of their files'),
      lastArchivedAt: time,
      verifiedAt: time.nullable().describe('when that of its ranges was read back whose turn was the longest ago'),
      lastDroppedAt: time.nullable(),
    }),
  ),
});
export type ArchiveAnswer = z.output<typeof archiveAnswer>;
