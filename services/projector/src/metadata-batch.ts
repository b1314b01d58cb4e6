import type { Log } from '@runledger/bus';
import { type Recorded, TOPICS } from '@runledger/contracts';
import type { Lease, MetadataStore } from '@runledger/postgres';
import { foldCatalog, foldFacts, readDecisions, readFacts } from '@runledger/projections';
import { type checkShare, readAll } from './read-batch';

export type MetadataDeps = Readonly<{
  log: Pick<Log, 'publish'>;
  store: MetadataStore;
  /** Throws where too much is refused for it to be the events' fault. */
  checkShare: typeof checkShare;
}>;

/**
 * Projects records of one partition, those behind the lease's offset left out. What can never be read is in the dead
 * topic before the offset moves past it; everything else that fails is thrown, and the records come again.
 */
export async function projectMetadata(
  { log, store, checkShare: check }: MetadataDeps,
  lease: Lease,
  batch: readonly Recorded[],
): Promise<Lease> {
  const records = batch.filter((record) => record.offset >= lease.nextOffset);
  const last = records.at(-1);
  if (last === undefined) return lease;
  const nextOffset = last.offset + 1;
  if (lease.topic === TOPICS.catalog.name) {
    const reading = readAll(lease.group, records, readDecisions);
    check(reading.messages.flatMap((m) => m.decisions).length, reading);
    if (reading.letters.length > 0) await log.publish(reading.letters);
    return store.applyCatalog(lease, { ...reading, nextOffset }, foldCatalog);
  }
  const reading = readAll(lease.group, records, readFacts);
  check(reading.messages.flatMap((m) => m.facts).length, reading);
  if (reading.letters.length > 0) await log.publish(reading.letters);
  return store.applyFacts(lease, { ...reading, nextOffset }, foldFacts);
}
