import { createHash, createHmac } from 'node:crypto';
import { Fault } from '@runledger/kernel';
import { type CanonicalValue, canonicalJson, isIncluded, leafHash } from '@runledger/merkle';
import { z } from 'zod';
import type { LeafBody } from './leaf-row';

/** What a leaf commits to: an event's meaning, or the bytes of a record that could not be read. */
export type Payload =
  | Readonly<{ event: Readonly<{ type: string; dataversion: number; data: unknown }> }>
  | Readonly<{ record: Buffer }>;
/** A message of a segment, with its line and the line's proof. `at` is the line's number of `size`. */
export type SegmentMessage = Readonly<{
  line: string;
  at: number;
  size: number;
  proof: readonly Buffer[];
  value: Buffer;
}>;

const bytes = z.string().transform((text, context) => {
  const read = Buffer.from(text, 'base64');
  if (read.toString('base64') !== text) context.addIssue({ code: 'custom', message: 'not base64' });
  return read;
});
const payloadShape = z.strictObject({
  index: z.int(),
  salt: bytes,
  event: z.strictObject({ type: z.string(), dataversion: z.int(), data: z.unknown() }).optional(),
  record: bytes.optional(),
});
const messageShape = z.strictObject({
  index: z.int(),
  line: z.string(),
  at: z.int(),
  size: z.int(),
  proof: z.array(bytes).max(63),
  value: bytes,
});

const canonical = (value: object): Buffer => Buffer.from(`${canonicalJson(value as CanonicalValue)}\n`);

export const payloadLine = (index: number, salt: Buffer, payload: Payload): Buffer =>
  canonical({
    index,
    salt: salt.toString('base64'),
    ...('event' in payload ? { event: payload.event } : { record: payload.record.toString('base64') }),
  });

export const messageLine = (index: number, { line, at, size, proof, value }: SegmentMessage): Buffer =>
  canonical({
    index,
    line,
    at,
    size,
    proof: proof.map((hash) => hash.toString('base64')),
    value: value.toString('base64'),
  });

function parse<S extends z.ZodType>(shape: S, line: Buffer, what: string): z.output<S> {
  try {
    return shape.parse(JSON.parse(line.toString()));
  } catch (cause) {
    throw new Fault('invalid', 'EVIDENCE_BAD_LINES', `a line of ${what} is not one`, { cause });
  }
}

export function readPayloadLine(line: Buffer): { index: number; salt: Buffer; payload: Payload } {
  const { index, salt, event, record } = parse(payloadShape, line, 'payloads');
  if (event !== undefined) return { index, salt, payload: { event: { ...event, data: event.data } } };
  return { index, salt, payload: { record: record ?? Buffer.alloc(0) } };
}

export function readMessageLine(line: Buffer): SegmentMessage & { index: number } {
  return parse(messageShape, line, 'messages');
}

/** @throws Fault invalid EVIDENCE_BAD_PAYLOAD */
export function checkPayload(index: number, leaf: LeafBody, salt: Buffer, payload: Payload): void {
  const committed = 'event' in payload ? canonicalJson(payload.event as CanonicalValue) : payload.record;
  if (createHmac('sha256', salt).update(committed).digest('hex') !== leaf.payload_digest)
    throw new Fault(
      'invalid',
      'EVIDENCE_BAD_PAYLOAD',
      `payloads: that of leaf ${index} is not what the leaf commits to`,
    );
}

/** @throws Fault invalid EVIDENCE_BAD_MESSAGE */
export function checkMessage(index: number, leaf: LeafBody, { line, at, size, proof, value }: SegmentMessage): void {
  const bad = (why: string): Fault => new Fault('invalid', 'EVIDENCE_BAD_MESSAGE', `messages: ${why} of leaf ${index}`);
  const { segment } = leaf;
  if (segment === undefined) throw bad('there is one that is of no segment,');
  const root = Buffer.from(segment.root, 'hex');
  if (size !== segment.messages || !isIncluded({ index: at, size }, leafHash(Buffer.from(line)), proof, root))
    throw bad(`line ${at} is not in the segment`);
  const { digest } = JSON.parse(line) as { digest?: unknown };
  if (createHash('sha256').update(value).digest('hex') !== digest)
    throw bad(`message ${at} is not that of its line, which is`);
}
