import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Batch, Consumer } from '@runledger/bus';
import { TOPICS } from '@runledger/contracts';
import { failpoint, isFault, type Logger } from '@runledger/kernel';
import { type Lease, moveOffset, renewLease, sequenceLeaves, takeLease } from '@runledger/postgres';
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

/** `certain` is false after an outcome that is not known: the offset may have moved. */
type Held = { lease: Lease; certain: boolean };

export type Sequencer = Consumer & Readonly<{ hurry(): void }>;

/**
 * The consumer that gives every event its place in the log of its workspace. Leaves and offset move in one transaction, so
 * that no event has two places, and none is left out. `hurry` ends the gathering of segments, at the end of the process.
 */
export function createSequencer({ source, logger, holder, ...deps }: SequencerDeps): Sequencer {
  const newSalt = deps.newSalt ?? (() => randomBytes(32));
  const segmentMs = deps.segmentMs ?? SEGMENT_MS;
  const held = new Map<string, Held>();
  const hurried = new AbortController();
  const nameOf = (topic: string, partition: number): string => `${topic}/${partition}`;

  function draft({ topic, partition, records }: Batch): Array<[string, Draft[]]> {
    if (SEGMENTS.includes(topic)) return byWorkspace(segmentsOf({ topic, partition, records }));
    return byWorkspace(records.map((record) => draftsOf(record, newSalt)));
  }

  async function advance(own: Held, batch: Batch): Promise<void> {
    if (!own.certain) own.lease = await renewLease(source, own.lease);
    own.certain = false;
    const records = batch.records.filter(({ offset }) => offset >= own.lease.nextOffset);
    const last = records.at(-1);
    if (last !== undefined) {
      const drafts = draft({ ...batch, records });
      own.lease = await source.transaction(async (tx) => {
        const moved = await moveOffset(tx, own.lease, last.offset + 1);
        for (const [workspace, some] of drafts) await sequenceLeaves(tx, workspace, some, writeLeaf);
        failpoint('ledger.before-sequenced');
        return moved;
      });
      failpoint('ledger.after-sequenced');
    }
    own.certain = true;
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
    async assigned(topic, partition) {
      const lease = await takeLease(source, { group: NOTARY_GROUP, topic, partition }, holder);
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
          logger.warn({ topic, partition, err: error }, 'a batch was not sequenced; its records come again');
          throw error;
        }
        if (held.get(nameOf(topic, partition)) === own) held.delete(nameOf(topic, partition));
        batch.lost();
        logger.info({ topic, partition }, 'another consumer has this partition now');
        return;
      }
      await gather(batch);
    },
    revoked(topic, partition) {
      held.delete(nameOf(topic, partition));
    },
  };
}
