import type { Position, Recorded } from '@runledger/contracts';
import { isFault } from '@runledger/kernel';
import type { Consumer, Consumption, Log, NativeLog } from '../log';
import { closed, unavailable } from '../log-fault';
import { type ArchivedRecords, batchesOf } from './archived-records';

const MB = 1024 * 1024;
const isGone = (error: unknown): boolean => isFault(error) && error.code === 'BUS_OFFSET_OUT_OF_RANGE';

async function startOf(log: NativeLog, topic: string, partition: number): Promise<number> {
  const starts = await log.starts([topic]);
  return starts.find((one) => one.partition === partition)?.offset ?? 0;
}

/** What the archive has up to where the log begins, and then the log; also where records go from the log meanwhile. */
async function* readThrough(
  log: NativeLog,
  archive: ArchivedRecords,
  { topic, partition, from, to }: Readonly<{ topic: string; partition: number; from: number; to: number }>,
): AsyncGenerator<readonly Recorded[]> {
  for (let next = from; next < to; ) {
    try {
      for await (const records of log.read(topic, partition, next, to)) {
        yield records;
        next = (records.at(-1)?.offset ?? next) + 1;
      }
      return;
    } catch (error) {
      if (!isGone(error)) throw error;
      const start = Math.min(await startOf(log, topic, partition), to);
      if (start <= next) throw error;
      yield* archive.read(topic, partition, next, start);
      next = start;
    }
  }
}

/** A consumer that is brought what the log no longer has before the log brings it the rest. */
class Feeding {
  #isStopped = false;

  constructor(
    private readonly log: NativeLog,
    private readonly archive: ArchivedRecords,
    private readonly consumer: Consumer,
  ) {}

  stop(): void {
    this.#isStopped = true;
  }

  /**
   * Runs while the partition is assigned, so that the log has not begun with it. Should the partition go to somebody else meanwhile, the
   * consumer's lease says so.
   */
  async assigned(topic: string, partition: number): Promise<number> {
    const { log, consumer, archive } = this;
    const from = await consumer.assigned(topic, partition);
    const start = await startOf(log, topic, partition);
    if (from >= start) return from;
    const limits = { records: consumer.maxRecords ?? 1_000, bytes: consumer.maxBytes ?? 4 * MB };
    for await (const records of archive.read(topic, partition, from, start))
      for (const batch of batchesOf(records, limits)) await this.#deliver(topic, partition, batch);
    return start;
  }

  /** @throws what `onBatch` throws, and unavailable where the partition is not this consumer's any more: it is asked anew */
  async #deliver(topic: string, partition: number, records: readonly Recorded[]): Promise<void> {
    if (this.#isStopped) throw closed();
    let isLost = false;
    const lost = (): void => {
      isLost = true;
    };
    await this.consumer.onBatch({ topic, partition, records, stale: () => false, lost });
    if (isLost) throw unavailable(new Error('another consumer may have this partition'));
  }
}

/** The log with all that it ever had: what was taken out of it is read from the archive. */
export function createArchivedLog(log: NativeLog, archive: ArchivedRecords): Log {
  async function offsetsAfter(topics: readonly string[], time: number): Promise<Position[]> {
    const [found, starts] = [await log.offsetsAfter(topics, time), await log.starts(topics)];
    const startAt = new Map(starts.map((one) => [`${one.topic}/${one.partition}`, one.offset]));
    return Promise.all(
      found.map(async (one) => {
        const start = startAt.get(`${one.topic}/${one.partition}`) ?? 0;
        if (start === 0 || one.offset > start) return one;
        const offset = await archive.offsetAfter(one.topic, one.partition, time);
        return offset === null || offset >= one.offset ? one : { ...one, offset };
      }),
    );
  }

  async function consume(consumer: Consumer): Promise<Consumption> {
    const feeding = new Feeding(log, archive, consumer);
    const assigned: Consumer['assigned'] = (topic, partition) => feeding.assigned(topic, partition);
    const consumption = await log.consume({ ...consumer, assigned });
    return {
      stop: () => {
        feeding.stop();
        return consumption.stop();
      },
    };
  }

  const { publishUnmoved } = log;
  return {
    get incarnation() {
      return log.incarnation;
    },
    publish: (records) => log.publish(records),
    ...(publishUnmoved === undefined
      ? {}
      : { publishUnmoved: (records, since) => publishUnmoved.call(log, records, since) }),
    consume,
    read: (topic, partition, from, to) => readThrough(log, archive, { topic, partition, from, to }),
    ends: (topics) => log.ends(topics),
    offsetsAfter,
    close: () => log.close(),
  };
}
