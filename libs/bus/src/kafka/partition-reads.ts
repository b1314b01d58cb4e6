import { randomUUID } from 'node:crypto';
import type { Recorded } from '@runledger/contracts';
import type { Fault } from '@runledger/kernel';
import { closed, outOfRange } from '../log-fault';
import { type ConsumptionOptions, KafkaConsumption } from './consumption';
import type { Place } from './feed';
import { faultOf } from './kafka-client';
import { PartitionReader, recordsOf } from './partition-reader';

/** So long after its last read a member leaves its group. */
const IDLE_MS = 60_000;
/** Nobody waits at the end of a partition here, but for the next partition to begin. */
const FETCH_MS = 10;

/** A member of a group of its own that reads any partition of one topic, each for one reader at a time. */
class TopicReader {
  readonly #consumption: KafkaConsumption;
  readonly #partitions = new Map<number, PartitionReader>();
  #reads = 0;
  #idle: NodeJS.Timeout | undefined;

  constructor(
    private readonly topic: string,
    options: ConsumptionOptions,
    private readonly leave: () => void,
  ) {
    this.#consumption = new KafkaConsumption(
      {
        group: `runledger-read-${randomUUID()}`,
        topics: [topic],
        assigned: (_topic, partition, over) => this.#of(partition).begin(over),
        onBatch: (batch) => this.#of(batch.partition).take(batch),
      },
      { ...options, fetchMs: FETCH_MS, range: (place) => this.#range(options, place) },
    );
    this.#consumption.join().catch((error: unknown) => {
      this.#end(faultOf(error));
      this.leave(); // whoever comes next tries anew
    });
  }

  /** What is dropped while it is read would be waited for, for ever. */
  async #range(options: ConsumptionOptions, place: Place): ReturnType<ConsumptionOptions['range']> {
    const range = await options.range(place);
    this.#of(place.partition).dropped(range.low, (offset) => outOfRange({ ...place, offset }));
    return range;
  }

  isFree(partition: number): boolean {
    return this.#of(partition).isFree;
  }

  /** The partition must be free. It is claimed with the first call of `next`, before anything is waited for. */
  async *read(partition: number, from: number, end: number): AsyncGenerator<readonly Recorded[]> {
    clearTimeout(this.#idle);
    this.#reads++;
    const reader = this.#of(partition);
    const reading = reader.claim(from);
    try {
      yield* recordsOf(reading, end);
    } finally {
      reader.giveBack(reading);
      this.#consumption.reassign({ topic: this.topic, partition });
      if (--this.#reads === 0) this.#idle = setTimeout(this.leave, IDLE_MS).unref();
    }
  }

  async stop(): Promise<void> {
    clearTimeout(this.#idle);
    this.#end(closed());
    await this.#consumption.stop();
  }

  #end(why: Fault): void {
    for (const partition of this.#partitions.values()) partition.end(why);
  }

  #of(partition: number): PartitionReader {
    const reader = this.#partitions.get(partition) ?? new PartitionReader();
    this.#partitions.set(partition, reader);
    return reader;
  }
}

/**
 * kafkajs reads by consumer groups only, and brokers let a new group wait, by default for three seconds. So reads are lent a member that
 * has joined: one for each topic, a further one only while a partition is read by several at once.
 */
export class PartitionReads {
  readonly #readers = new Map<string, Set<TopicReader>>();
  readonly #leaving = new Set<Promise<void>>();
  #isClosed = false;

  constructor(private readonly options: ConsumptionOptions) {}

  /** @throws Fault conflict BUS_OFFSET_OUT_OF_RANGE, unavailable BUS_UNAVAILABLE */
  async *read(place: Place, from: number, to: number): AsyncGenerator<readonly Recorded[]> {
    const { low, high } = await this.options.range(place);
    const end = Math.min(to, high);
    if (from >= end) return;
    if (from < low) throw outOfRange({ ...place, offset: from });
    yield* this.#readerOf(place).read(place.partition, from, end);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const readers of this.#readers.values()) for (const reader of readers) this.#dismiss(reader, readers);
    await Promise.all(this.#leaving);
  }

  #readerOf({ topic, partition }: Place): TopicReader {
    if (this.#isClosed) throw closed();
    const readers = this.#readers.get(topic) ?? new Set();
    this.#readers.set(topic, readers);
    for (const reader of readers) if (reader.isFree(partition)) return reader;
    const reader: TopicReader = new TopicReader(topic, this.options, () => this.#dismiss(reader, readers));
    readers.add(reader);
    return reader;
  }

  #dismiss(reader: TopicReader, readers: Set<TopicReader>): void {
    if (!readers.delete(reader)) return;
    const left = reader.stop().finally(() => this.#leaving.delete(left));
    this.#leaving.add(left);
  }
}
