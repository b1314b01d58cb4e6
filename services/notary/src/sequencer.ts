import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Batch, Consumer } from '@runledger/bus';
import { TOPICS } from '@runledger/contracts';
import { failpoint, type Logger } from '@runledger/kernel';
import { createLeasedPartitions, type Lease, moveOffset, sequenceLeaves } from '@runledger/postgres';
import type { DataSource } from 'typeorm';
import { type Draft, type Drafts, draftsOf, writeLeaf } from './leaf';
import { segmentsOf } from './segment';

const NOTARY_GROUP = 'notary';

export type SequencerDeps = Readonly<{
  source: DataSource;
  logger: Logger;
  /** Names this process in the lease, for people who look. */
  holder: string;
  /** How long messages gather before they become a segment. */
  segmentMs?: number;
  newSalt?: () => Buffer;
}>;

/** High volumes become segments, all else leaves of its own. */
const SEGMENTS: readonly string[] = [TOPICS.metrics.name, TOPICS.console.name];
const LEAVES: readonly string[] = [TOPICS.runs.name, TOPICS.catalog.name];
const SEGMENT_MS = 2_000;
const MAX_RECORDS = 2_000;
const MAX_BYTES = 4_000_000;
const NO_BREAK_ABOVE = MAX_BYTES / 2;

const bytesOf = ({ records }: Batch): number => records.reduce((sum, { value }) => sum + value.length, 0);

/** Drafts by workspace, in the order in which everybody locks the logs. */
function byWorkspace(all: readonly Drafts[]): Array<[string, Draft[]]> {
  const merged = new Map<string, Draft[]>();
  for (const { workspace, drafts } of all) merged.set(workspace, [...(merged.get(workspace) ?? []), ...drafts]);
  return [...merged].sort(([a], [b]) => (a < b ? -1 : 1));
}

export type Sequencer = Consumer & Readonly<{ hurry(): void }>;

/**
 * The consumer that gives every event its place in the log of its workspace. Leaves and offset move in one transaction, so
 * that no event has two places, and none is left out. `hurry` ends the gathering of segments, at the end of the process.
 */
export function createSequencer({ source, logger, holder, ...deps }: SequencerDeps): Sequencer {
  const newSalt = deps.newSalt ?? (() => randomBytes(32));
  const segmentMs = deps.segmentMs ?? SEGMENT_MS;
  const partitions = createLeasedPartitions({ source, logger, holder, group: NOTARY_GROUP, done: 'sequenced' });
  const hurried = new AbortController();

  function draft({ topic, partition, records }: Batch): Array<[string, Draft[]]> {
    if (SEGMENTS.includes(topic)) return byWorkspace(segmentsOf({ topic, partition, records }));
    return byWorkspace(records.map((record) => draftsOf(record, newSalt)));
  }

  async function sequence(lease: Lease, batch: Batch): Promise<Lease> {
    const records = batch.records.filter(({ offset }) => offset >= lease.nextOffset);
    const last = records.at(-1);
    if (last === undefined) return lease;
    const drafts = draft({ ...batch, records });
    const behind = await source.transaction(async (tx) => {
      const moved = await moveOffset(tx, lease, last.offset + 1);
      for (const [workspace, some] of drafts) await sequenceLeaves(tx, workspace, some, writeLeaf);
      failpoint('ledger.before-sequenced');
      return moved;
    });
    failpoint('ledger.after-sequenced');
    return behind;
  }

  /** Few and large segments: the next messages of a partition gather while this one waits, unless they are many already. */
  async function gather(batch: Batch): Promise<void> {
    if (!SEGMENTS.includes(batch.topic) || batch.records.length >= MAX_RECORDS || bytesOf(batch) >= NO_BREAK_ABOVE)
      return;
    await sleep(segmentMs, undefined, { signal: hurried.signal }).catch(() => undefined);
  }

  return {
    group: NOTARY_GROUP,
    topics: [...LEAVES, ...SEGMENTS],
    maxRecords: MAX_RECORDS,
    maxBytes: MAX_BYTES,
    hurry: () => hurried.abort(),
    assigned: partitions.assigned,
    async onBatch(batch) {
      const moved = await partitions.advance(batch, (lease) => sequence(lease, batch));
      if (moved !== null) await gather(batch);
    },
    revoked: partitions.revoked,
  };
}
