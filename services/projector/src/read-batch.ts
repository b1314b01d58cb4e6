import type { LogRecord, Recorded, RefusedEvent } from '@runledger/contracts';
import { Fault } from '@runledger/kernel';
import { deadRecord } from './dead-letters';

/** Where fewer events are refused, it is they that are wrong; where most of so many are, it is this release. */
const SUSPICIOUS_EVENTS = 20;

type Read<M> = Readonly<{ message: M | null; refused: readonly RefusedEvent[] }>;
type Reading<M> = Readonly<{ messages: M[]; refused: RefusedEvent[]; letters: LogRecord[] }>;

/** Messages that could be read, what was refused of them, and its letters. */
export function readAll<M>(
  group: string,
  records: readonly Recorded[],
  read: (record: Recorded) => Read<M>,
): Reading<M> {
  const reading: Reading<M> = { messages: [], refused: [], letters: [] };
  for (const record of records) {
    const { message, refused } = read(record);
    if (message !== null) reading.messages.push(message);
    for (const one of refused) {
      reading.refused.push(one);
      reading.letters.push(deadRecord(group, record, one));
    }
  }
  return reading;
}

/** @throws Fault bug PROJECTOR_TOO_MANY_REFUSED */
export function checkShare(accepted: number, { refused }: Reading<unknown>): void {
  const all = accepted + refused.length;
  if (all < SUSPICIOUS_EVENTS || refused.length * 2 <= all) return;
  throw new Fault(
    'bug',
    'PROJECTOR_TOO_MANY_REFUSED',
    'most of these events cannot be read: is this release too old?',
    {
      context: { refused: refused.length, all, first: refused[0] },
    },
  );
}
