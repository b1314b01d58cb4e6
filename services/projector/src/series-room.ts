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
    /**
     * ms between two ranges of a partition while they are small: one range is one part, and parts cost merges. Under load six
     * times as long, where the time goes into fewer and larger parts.
     */
    lingerMs?: number;
  }>;

const LINGER_MS = 300;
/** From so many bytes a second in one partition (some 80,000 points) larger parts are worth waiting for. */
const LOAD_BYTES_PER_SECOND = 900_000;
const LOAD_LINGER = 6;
/** About half a million points: a range is held in memory twice while it is stored. */
const MAX_BYTES = 6_000_000;
/** A batch of this many bytes has more behind it. */
const FULL_BYTES = 5_000_000;

const bytesOf = (batch: Batch): number => batch.records.reduce((sum, record) => sum + record.value.length, 0);

/** Which runs moved, and that the projection did. */
function signalsOf(batch: Batch, fromOffset: number, nextOffset: number): Signal[] {
  const runs = new Map<string, Signal>();
  for (const { key, headers } of batch.records) {
    const run = runOfSubject(headers['ce_subject'] ?? '');
    if (run !== null && !runs.has(key))
      runs.set(key, { kind: 'series', workspace: headers['ce_workspace'] ?? '', run });
  }
  const { topic, partition } = batch;
  return [...runs.values(), { kind: 'projected', group: SERIES_GROUP, topic, partition, fromOffset, nextOffset }];
}

/** The consumer that carries metric batches into the series tables. */
export function seriesConsumer(deps: SeriesRoomDeps): Consumer {
  const { source, logger, live, roller, holder } = deps;
  const lingerMs = deps.lingerMs ?? LINGER_MS;
  const held = new Map<number, SeriesPartition>();
  const lastBegun = new Map<number, number>();

  async function hold(topic: string, partition: number): Promise<SeriesPartition> {
    const lease = await takeLease(source, { group: SERIES_GROUP, topic, partition }, holder);
    const fresh = await SeriesPartition.open(deps, lease);
    held.set(partition, fresh);
    return fresh;
  }

  async function store(batch: Batch): Promise<void> {
    // After a failure the lease is taken anew: the offset may have moved, and a range may be left to settle.
    const own = held.get(batch.partition) ?? (await hold(batch.topic, batch.partition));
    const fromOffset = own.nextOffset;
    await own.store(batch);
    roller.stored(batch.partition, own.nextOffset);
    live.publish(signalsOf(batch, fromOffset, own.nextOffset));
  }

  /** Lets records gather behind a range before the next one is begun. */
  async function linger(batch: Batch, begunAt: number): Promise<void> {
    const bytes = bytesOf(batch);
    const gatheredMs = begunAt - (lastBegun.get(batch.partition) ?? begunAt - lingerMs);
    lastBegun.set(batch.partition, begunAt);
    if (bytes >= FULL_BYTES) return;
    const isLoad = (bytes * 1000) / Math.max(gatheredMs, lingerMs) >= LOAD_BYTES_PER_SECOND;
    const early = begunAt + (isLoad ? LOAD_LINGER * lingerMs : lingerMs) - performance.now();
    if (early > 0) await sleep(early);
  }

  return {
    group: SERIES_GROUP,
    topics: [TOPICS.metrics.name],
    maxBytes: MAX_BYTES,
    maxRecords: 2_000,
    async assigned(topic, partition) {
      const { nextOffset } = await hold(topic, partition);
      roller.stored(partition, nextOffset);
      return nextOffset;
    },
    async onBatch(batch) {
      if (batch.stale()) return;
      const begunAt = performance.now();
      try {
        await store(batch);
        await linger(batch, begunAt);
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
