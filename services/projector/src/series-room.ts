import type { Batch, Consumer } from '@runledger/bus';
import { runOfSubject, TOPICS } from '@runledger/contracts';
import type { Live, Signal } from '@runledger/live';
import { takeLease } from '@runledger/postgres';
import { SeriesPace } from './series-pace';
import { type SeriesDeps, SeriesPartition } from './series-partition';
import type { SeriesRoller } from './series-roller';

export const SERIES_GROUP = 'series';

export type SeriesRoomDeps = SeriesDeps &
  Readonly<{
    live: Live;
    roller: SeriesRoller;
    /** Names this process in the lease, for people who look. */
    holder: string;
    /** ms between two ranges of a partition while they are small (series-pace.ts). */
    lingerMs?: number;
  }>;

/** About half a million points: a range is held in memory twice while it is stored. */
const MAX_BYTES = 6_000_000;
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
  const held = new Map<number, SeriesPartition>();
  const pace = new SeriesPace(deps.lingerMs);
  live.subscribe((signal) => {
    if (signal.kind === 'wanted' && signal.group === SERIES_GROUP) pace.want(signal.partition, signal.offset);
  });

  async function hold(topic: string, partition: number): Promise<SeriesPartition> {
    const lease = await takeLease(source, { group: SERIES_GROUP, topic, partition }, holder);
    const fresh = await SeriesPartition.open(deps, lease);
    held.set(partition, fresh);
    return fresh;
  }

  async function store(batch: Batch): Promise<number> {
    // After a failure the lease is taken anew: the offset may have moved, and a range may be left to settle.
    const own = held.get(batch.partition) ?? (await hold(batch.topic, batch.partition));
    const fromOffset = own.nextOffset;
    await own.store(batch);
    roller.stored(batch.partition, own.nextOffset);
    live.publish(signalsOf(batch, fromOffset, own.nextOffset));
    return own.nextOffset;
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
        await pace.rest(batch, begunAt, await store(batch));
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
