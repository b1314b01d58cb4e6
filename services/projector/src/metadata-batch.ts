import type { Log } from '@runledger/bus';
import { type LogRecord, type Recorded, type RefusedEvent, TOPICS } from '@runledger/contracts';
import { Fault } from '@runledger/kernel';
import type { Lease, MetadataStore } from '@runledger/postgres';
import { foldCatalog, foldFacts, readDecisions, readFacts } from '@runledger/projections';
import { deadRecord } from './dead-letters';

/** Where fewer events are refused, it is they that are wrong; where most of so many are, it is this release. */
const SUSPICIOUS_EVENTS = 20;

type Read<M> = Readonly<{ message: M | null; refused: readonly RefusedEvent[] }>;
type Reading<M> = Readonly<{ messages: M[]; refused: RefusedEvent[]; letters: LogRecord[] }>;

function readAll<M>(group: string, records: readonly Recorded[], read: (record: Recorded) => Read<M>): Reading<M> {
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

function checkShare(accepted: number, { refused }: Reading<unknown>): void {
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

export type MetadataDeps = Readonly<{ log: Pick<Log, 'publish'>; store: MetadataStore }>;

/**
 * Projects records of one partition, those behind the lease's offset left out. What can never be read is in the dead
 * topic before the offset moves past it; everything else that fails is thrown, and the records come again.
 */
export async function projectMetadata(
  { log, store }: MetadataDeps,
  lease: Lease,
  batch: readonly Recorded[],
): Promise<Lease> {
  const records = batch.filter((record) => record.offset >= lease.nextOffset);
  const last = records.at(-1);
  if (last === undefined) return lease;
  const nextOffset = last.offset + 1;
  if (lease.topic === TOPICS.catalog.name) {
    const reading = readAll(lease.group, records, readDecisions);
    checkShare(reading.messages.flatMap((m) => m.decisions).length, reading);
    if (reading.letters.length > 0) await log.publish(reading.letters);
    return store.applyCatalog(lease, { ...reading, nextOffset }, foldCatalog);
  }
  const reading = readAll(lease.group, records, readFacts);
  checkShare(reading.messages.flatMap((m) => m.facts).length, reading);
  if (reading.letters.length > 0) await log.publish(reading.letters);
  return store.applyFacts(lease, { ...reading, nextOffset }, foldFacts);
}
