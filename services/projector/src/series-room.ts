import { setTimeout as sleep } from 'node:timers/promises';
import type { Batch, Consumer } from '@runledger/bus';
import { runOfSubject, TOPICS } from '@runledger/contracts';
import type { Live, Signal } from '@runledger/live';
import { takeLease } from '@runledger/postgres';
import { type SeriesDeps, SeriesPartition } from './series-partition';
import type { SeriesRoller } from './series-roller';

export const SERIES_GROUP = 'series';

export type SeriesRoomDeps = SeriesDeps &
  Readonly<{
    live: Live;
    roller: SeriesRoller;
    /** Names this process in the lease, for people who look. */
    holder: string;
    /** ms between two ranges of a partition while they are small: one range is one part, and parts cost merges. */
    lingerMs?: number;
  }>;

const LINGER_MS = 200;
/** A batch of this many bytes is worth a part of its own at once. */
const FULL_BYTES = 1_000_000;
/** About half a million points: a range is held in memory twice while it is stored. */
const MAX_BYTES = 6_000_000;

type Held = { partition: SeriesPartition; lastRangeAt: number };

const bytesOf = (batch: Batch): number => batch.records.reduce((sum, record) => sum + record.value.length, 0);

/** Which runs moved, and that the projection did. */
function signalsOf(batch: Batch, nextOffset: number): Signal[] {
  const runs = new Map<string, Signal>();
  for (const { key, headers } of batch.records) {
    const run = runOfSubject(headers['ce_subject'] ?? '');
    if (run !== null && !runs.has(key))
      runs.set(key, { kind: 'series', workspace: headers['ce_workspace'] ?? '', run });
  }
  const { topic, partition } = batch;
  return [...runs.values(), { kind: 'projected', group: SERIES_GROUP, topic, partition, nextOffset }];
}

/** The consumer that carries metric batches into the series tables. */
export function seriesConsumer(deps: SeriesRoomDeps): Consumer {
  const { source, logger, live, roller, holder } = deps;
  const lingerMs = deps.lingerMs ?? LINGER_MS;
  const held = new Map<number, Held>();

  async function hold(topic: string, partition: number): Promise<Held> {
    const lease = await takeLease(source, { group: SERIES_GROUP, topic, partition }, holder);
    const fresh = { partition: await SeriesPartition.open(deps, lease), lastRangeAt: Number.NEGATIVE_INFINITY };
    held.set(partition, fresh);
    return fresh;
  }

  async function store(batch: Batch): Promise<void> {
    // After a failure the lease is taken anew: the offset may have moved, and a range may be left to settle.
    const own = held.get(batch.partition) ?? (await hold(batch.topic, batch.partition));
    const early = own.lastRangeAt + lingerMs - performance.now();
    if (early > 0 && bytesOf(batch) < FULL_BYTES) await sleep(early);
    if (batch.stale()) return;
    own.lastRangeAt = performance.now();
    await own.partition.store(batch);
    roller.stored(batch.partition, own.partition.nextOffset);
    live.publish(signalsOf(batch, own.partition.nextOffset));
  }

  return {
    group: SERIES_GROUP,
    topics: [TOPICS.metrics.name],
    maxBytes: MAX_BYTES,
    maxRecords: 2_000,
    async assigned(topic, partition) {
      const { nextOffset } = (await hold(topic, partition)).partition;
      roller.stored(partition, nextOffset);
      return nextOffset;
    },
    async onBatch(batch) {
      if (batch.stale()) return;
      try {
        await store(batch);
      } catch (error) {
        held.delete(batch.partition);
        logger.warn({ partition: batch.partition, err: error }, 'a range was not stored; its records come again');
        throw error;
      }
    },
    revoked(_topic, partition) {
      roller.revoked(partition);
      held.delete(partition);
    },
  };
}
