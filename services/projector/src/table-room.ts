import type { Consumer, Log } from '@runledger/bus';
import { type Recorded, runOfSubject } from '@runledger/contracts';
import type { Logger } from '@runledger/kernel';
import type { Live, Signal } from '@runledger/live';
import { createLeasedPartitions, type Lease } from '@runledger/postgres';
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
  const partitions = createLeasedPartitions({ source, logger, holder, group, done: 'projected' });
  return {
    group,
    topics,
    maxRecords: MAX_RECORDS,
    maxBytes: MAX_BYTES,
    assigned: partitions.assigned,
    async onBatch(batch) {
      const { topic, partition, records } = batch;
      const moved = await partitions.advance(batch, (lease) => project(lease, records));
      if (moved !== null)
        live.publish([...runsOf(records, moves), { kind: 'projected', group, topic, partition, ...moved }]);
    },
    revoked: partitions.revoked,
  };
}
