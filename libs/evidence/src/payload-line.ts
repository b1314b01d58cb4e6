import { createHash } from 'node:crypto';
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
/** Of a record that could not be read; those of events are read without a shape, since there are a million of them. */
const payloadShape = z.strictObject({
  index: z.int(),
  salt: bytes,
  record: bytes,
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

/** What a line of payloads says. `committed` are the bytes that the leaf commits to. */
export type PayloadLine = Readonly<{ index: number; salt: Buffer; payload: Payload; committed: Buffer }>;

const EVENT = Buffer.from('{"event":');
const INDEX = ',"index":';
/** Bytes of the tail, whose salt has 32. */
const MOST_TAIL = 96;
const TAIL = /^,"index":(0|[1-9]\d{0,15}),"salt":"([A-Za-z0-9+/]+={0,2})"\}$/;

const badLine = (cause?: unknown): Fault =>
  new Fault('invalid', 'EVIDENCE_BAD_LINES', 'a line of payloads is not one', { cause });

/** The line is canonical, so that the event's canonical bytes stand in it as they are: what is hashed is what is read. */
function readEventLine(line: Buffer): PayloadLine {
  const last = line.toString('latin1', Math.max(0, line.length - MOST_TAIL));
  const begin = last.lastIndexOf(INDEX);
  const end = line.length - last.length + begin;
  const [, index, base64 = ''] = TAIL.exec(last.slice(Math.max(0, begin))) ?? [];
  const salt = Buffer.from(base64, 'base64');
  if (index === undefined || salt.toString('base64') !== base64) throw badLine();
  const committed = line.subarray(EVENT.length, end);
  try {
    const event = JSON.parse(committed.toString()) as Readonly<Record<string, unknown>>;
    const { type, dataversion, data } = event;
    if (typeof type !== 'string' || !Number.isInteger(dataversion) || Object.keys(event).length > 3) throw badLine();
    return {
      index: Number(index),
      salt,
      payload: { event: { type, dataversion: dataversion as number, data } },
      committed,
    };
  } catch (cause) {
    throw badLine(cause);
  }
}

export function readPayloadLine(line: Buffer): PayloadLine {
  if (line.subarray(0, EVENT.length).equals(EVENT)) return readEventLine(line);
  const { index, salt, record } = parse(payloadShape, line, 'payloads');
  return { index, salt, payload: { record }, committed: record };
}

export function readMessageLine(line: Buffer): SegmentMessage & { index: number } {
  return parse(messageShape, line, 'messages');
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
