import type { Batch, Consumer, Log } from '@runledger/bus';
import { type Recorded, runOfSubject } from '@runledger/contracts';
import { isFault, type Logger } from '@runledger/kernel';
import type { Live, Signal } from '@runledger/live';
import { type Lease, renewLease, takeLease } from '@runledger/postgres';
import type { DataSource } from 'typeorm';

export type TableRoomDeps = Readonly<{
  /** Where refused events go. */
  log: Pick<Log, 'publish'>;
  source: DataSource;
  live: Pick<Live, 'publish'>;
  logger: Logger;
  /** Names this process in the lease, for people who look. */
  holder: string;
}>;

/** What a group makes of its records, and what its runs are told to have got by it. */
export type TableProjection = Readonly<{
  group: string;
  topics: readonly string[];
  moves: 'facts' | 'console';
  project(lease: Lease, records: readonly Recorded[]): Promise<Lease>;
}>;

const MAX_RECORDS = 2_000;
const MAX_BYTES = 4_000_000;

/** `certain` is false after an outcome that is not known: the offset may have moved. */
type Held = { lease: Lease; certain: boolean };

/** The runs that the records are about; decisions are about none. */
function runsOf(records: readonly Recorded[], kind: TableProjection['moves']): Signal[] {
  const runs = new Map<string, Signal>();
  for (const { key, headers } of records) {
    const run = runOfSubject(headers['ce_subject'] ?? '');
    if (run !== null && !runs.has(key)) runs.set(key, { kind, workspace: headers['ce_workspace'] ?? '', run });
  }
  return [...runs.values()];
}

/** A consumer whose rows lie in Postgres, where they and its offset move in one transaction, under a lease. */
export function tableConsumer(deps: TableRoomDeps, projection: TableProjection): Consumer {
  const { source, live, logger, holder } = deps;
  const { group, topics, project, moves } = projection;
  const held = new Map<string, Held>();
  const nameOf = (topic: string, partition: number): string => `${topic}/${partition}`;

  async function advance(own: Held, { topic, partition, records }: Batch): Promise<void> {
    if (!own.certain) own.lease = await renewLease(source, own.lease);
    own.certain = false;
    const fromOffset = own.lease.nextOffset;
    own.lease = await project(own.lease, records);
    own.certain = true;
    const { nextOffset } = own.lease;
    live.publish([...runsOf(records, moves), { kind: 'projected', group, topic, partition, fromOffset, nextOffset }]);
  }

  return {
    group,
    topics,
    maxRecords: MAX_RECORDS,
    maxBytes: MAX_BYTES,
    async assigned(topic, partition) {
      const lease = await takeLease(source, { group, topic, partition }, holder);
      held.set(nameOf(topic, partition), { lease, certain: true });
      return lease.nextOffset;
    },
    async onBatch(batch) {
      const { topic, partition } = batch;
      const own = held.get(nameOf(topic, partition));
      if (own === undefined || batch.stale()) return;
      try {
        await advance(own, batch);
      } catch (error) {
        if (!isFault(error) || error.code !== 'POSTGRES_LOST_LEASE') {
          logger.warn({ topic, partition, group, err: error }, 'a batch was not projected; its records come again');
          throw error;
        }
        // Whoever took the lease projects these records, unless the log holds the partition for this process: it knows.
        if (held.get(nameOf(topic, partition)) === own) held.delete(nameOf(topic, partition));
        batch.lost();
        logger.info({ topic, partition, group }, 'another consumer has this partition now');
      }
    },
    revoked(topic, partition) {
      held.delete(nameOf(topic, partition));
    },
  };
}
