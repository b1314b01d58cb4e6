import { Fault } from '@runledger/kernel';
import { z } from 'zod';

const place = z.object({ topic: z.string(), partition: z.int(), offset: z.int(), ordinal: z.int().optional() });
const segment = z.object({
  topic: z.string(),
  partition: z.int(),
  first: z.int(),
  last: z.int(),
  messages: z.int(),
  points: z.int(),
  root: z.string().regex(/^[0-9a-f]{64}$/),
});
const shape = z.object({
  id: z.string(),
  type: z.string(),
  stream: z.string(),
  stream_seq: z.int(),
  project: z.string().optional(),
  project_seq: z.int().optional(),
  recorded: z.string(),
  time: z.string().optional(),
  actor: z.string().optional(),
  at: place.optional(),
  payload_digest: z.string().optional(),
  segment: segment.optional(),
});

/** What a leaf says, as far as evidence looks at it. */
export type LeafBody = z.output<typeof shape>;

/** A leaf as a row of a table. */
export type LeafRow = Readonly<{
  index: number;
  type: string;
  stream: string;
  stream_seq: number;
  recorded: string;
  /** Empty for segments, which have many. */
  actor: string;
  /** As it is in the log. */
  leaf: Uint8Array;
}>;

/** @throws Fault invalid EVIDENCE_BAD_LEAF */
export function readLeaf(entry: Uint8Array, index: number): LeafBody {
  let raw: unknown;
  try {
    raw = JSON.parse(Buffer.from(entry.buffer, entry.byteOffset, entry.length).toString());
  } catch {
    raw = null;
  }
  const parsed = shape.safeParse(raw);
  if (!parsed.success) throw new Fault('invalid', 'EVIDENCE_BAD_LEAF', `leaf ${index} does not say what leaves say`);
  return parsed.data;
}

export const rowOf = (index: number, entry: Uint8Array, body: LeafBody): LeafRow => ({
  index,
  type: body.type,
  stream: body.stream,
  stream_seq: body.stream_seq,
  recorded: body.recorded,
  actor: body.actor ?? '',
  leaf: entry,
});
