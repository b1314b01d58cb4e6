import type { LogRecord } from '@runledger/contracts';
import { Fault } from '@runledger/kernel';

/** The failures that the port names. Each log decides when; callers see the same words from both. */
export const unavailable = (cause?: unknown): Fault =>
  new Fault('unavailable', 'BUS_UNAVAILABLE', 'the log cannot be reached; send the request again', {
    cause,
    context: { retryAfter: 1 },
  });

export const overloaded = (waiting: number): Fault =>
  new Fault('overloaded', 'BUS_OVERLOADED', 'the log is behind; send the request again a little later', {
    context: { retryAfter: 1, waiting },
  });

export const tooLarge = (limit?: number, cause?: unknown): Fault =>
  new Fault(
    'too-large',
    'BUS_TOO_LARGE',
    `a message is larger than ${limit === undefined ? 'the log takes' : `${limit} bytes`}; send smaller ones`,
    {
      cause,
    },
  );

export const full = (cause: unknown): Fault =>
  new Fault('full', 'BUS_FULL', "the log's disk is full; make room for it", { cause });

/** Never reaches a caller of the log: `publishUnmoved` answers undefined. */
export const moved = (): Fault => new Fault('conflict', 'BUS_MOVED', 'what this was decided on has moved');

export const outOfRange = (place: Readonly<{ topic: string; partition: number; offset: number }>): Fault =>
  new Fault('conflict', 'BUS_OFFSET_OUT_OF_RANGE', 'the consumer stands at an offset that this log does not have', {
    context: { ...place },
  });

export const closed = (): Fault =>
  new Fault('unavailable', 'BUS_UNAVAILABLE', 'this process is stopping; send the request again', {
    context: { retryAfter: 1 },
  });

const isClean = (text: string): boolean => text.isWellFormed() && !text.includes('\0');

/** @throws Fault invalid BUS_BAD_TEXT: neither log would give such a text back as it was */
export function checkText(record: LogRecord): void {
  if (isClean(record.key) && Object.entries(record.headers).every(([name, value]) => isClean(name) && isClean(value)))
    return;
  throw new Fault('invalid', 'BUS_BAD_TEXT', 'a key or header holds NUL or half a surrogate pair', {
    context: { topic: record.topic },
  });
}
