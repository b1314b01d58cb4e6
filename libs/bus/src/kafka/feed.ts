import { setTimeout as sleep } from 'node:timers/promises';
import type { Recorded } from '@runledger/contracts';
import type { Logger } from '@runledger/kernel';
import type { Consumer } from '../log';
import { outOfRange, unavailable } from '../log-fault';

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;

export type Place = Readonly<{ topic: string; partition: number }>;

/** As the port's, and told when a partition is lost before it was answered where to begin. */
export type FeedConsumer = Omit<Consumer, 'assigned'> &
  Readonly<{ assigned(topic: string, partition: number, over: AbortSignal): Promise<number> }>;

export type FeedPorts = Readonly<{
  consumer: FeedConsumer;
  logger: Logger;
  limits: Readonly<{ maxRecords: number; maxBytes: number }>;
  /** First offset of the partition, and the one that its next record will get. */
  range(place: Place): Promise<Readonly<{ low: number; high: number }>>;
  /** From where the broker is to send. */
  seek(place: Place, offset: number): void;
  /** Whether it is to send at all. */
  flow(place: Place, isOn: boolean): void;
  /** The group may have moved on without us. */
  isOverdue(): boolean;
  /** Puts a new feed in the place of this one, which asks the consumer where to begin. */
  renew(): void;
}>;

/**
 * Stands between kafkajs, which wants every fetched batch of all partitions done before it fetches again, and a
 * consumer that takes its time with one of them. Holds little more than one batch; then the partition is paused.
 */
export class Feed {
  /** Resolves when nothing of the consumer runs for the partition any more. */
  readonly done: Promise<void>;
  readonly #place: Place;
  readonly #ports: FeedPorts;
  readonly #over = new AbortController();
  readonly #fetched: Recorded[] = [];
  #fetchedBytes = 0;
  #next = -1; // -1: not yet assigned
  /** The place at which something was left out when it was last sought. */
  #gapAt = -1;
  #isLost = false;
  #isFlowing = false;
  #onFetched: (() => void) | undefined;

  constructor(place: Place, ports: FeedPorts, before: Promise<void> | undefined) {
    this.#place = place;
    this.#ports = ports;
    ports.flow(place, false);
    this.done = this.#live(before);
  }

  /** Another member has the partition, or may have. */
  lose(): void {
    this.#isLost = true;
    this.finish();
  }

  /** No further batch. */
  finish(): void {
    this.#over.abort();
    this.#onFetched?.();
  }

  /** Takes what kafkajs has fetched; it counts as consumed there from now on. */
  push(records: readonly Recorded[]): void {
    if (this.#over.signal.aborted || this.#next < 0) return;
    for (const record of records) {
      this.#fetched.push(record);
      this.#fetchedBytes += record.value.byteLength;
    }
    if (this.#fetchedBytes >= this.#ports.limits.maxBytes) this.#flow(false);
    this.#onFetched?.();
  }

  async #live(before: Promise<void> | undefined): Promise<void> {
    await before;
    const start = await this.#insist('a partition could not be taken', () => this.#assigned());
    if (start === undefined) return;
    this.#begin(start);
    for (let batch = await this.#batch(); batch.length > 0; batch = await this.#batch()) await this.#deliver(batch);
    await this.#revoked();
  }

  async #assigned(): Promise<number> {
    const { topic, partition } = this.#place;
    const offset = await this.#ports.consumer.assigned(topic, partition, this.#over.signal);
    await this.#checkRange(offset);
    return offset;
  }

  /** Kafka would go on from somewhere else, and say nothing. */
  async #checkRange(offset: number): Promise<void> {
    const { low, high } = await this.#ports.range(this.#place);
    if (offset < low || offset > high) throw outOfRange({ ...this.#place, offset });
  }

  #begin(at: number): void {
    if (this.#over.signal.aborted) return;
    this.#fetched.length = 0;
    this.#fetchedBytes = 0;
    this.#next = at;
    this.#ports.seek(this.#place, at);
    this.#isFlowing = false;
    this.#flow(true);
  }

  #flow(isOn: boolean): void {
    if (this.#over.signal.aborted || this.#isFlowing === isOn) return;
    this.#isFlowing = isOn;
    this.#ports.flow(this.#place, isOn);
  }

  /** The next records. None: the feed is over. */
  async #batch(): Promise<Recorded[]> {
    const { signal } = this.#over;
    while (!signal.aborted) {
      const first = this.#fetched[0];
      if (first === undefined) await this.#moreFetched();
      else if (first.offset === this.#next || (await this.#mayJump(first))) return this.#cut();
    }
    return [];
  }

  async #moreFetched(): Promise<void> {
    this.#flow(true);
    await new Promise<void>((fetched) => {
      this.#onFetched = fetched;
    });
    this.#onFetched = undefined;
  }

  #cut(): Recorded[] {
    const { maxRecords, maxBytes } = this.#ports.limits;
    let bytes = 0;
    let n = 0;
    for (const record of this.#fetched) {
      bytes += record.value.byteLength;
      if (n > 0 && (n >= maxRecords || bytes > maxBytes)) break;
      n++;
    }
    const batch = this.#fetched.splice(0, n);
    this.#fetchedBytes -= batch.reduce((sum, record) => sum + record.value.byteLength, 0);
    this.#next = (batch.at(-1) as Recorded).offset + 1;
    if (this.#fetchedBytes < maxBytes) this.#flow(true);
    return batch;
  }

  /**
   * The broker sent something else than what comes next. Offsets may be left out by markers of transactions; records that have gone,
   * or an earlier place, send us back to where we stood. So does a gap that is seen for the first time: kafkajs may still hand
   * over what it had fetched for the feed before this one.
   */
  async #mayJump(first: Recorded): Promise<boolean> {
    const next = this.#next;
    const isGap = first.offset > next;
    if (isGap && this.#gapAt === next && (await this.#insist('records are gone', () => this.#isWithin(next))))
      return true;
    this.#gapAt = isGap ? next : -1;
    this.#begin(next);
    return false;
  }

  async #isWithin(offset: number): Promise<true> {
    await this.#checkRange(offset);
    return true;
  }

  /** Whoever was told that a batch is stale need not have stored it; if the partition is still ours, we ask him anew. */
  async #deliver(records: readonly Recorded[]): Promise<void> {
    let hasTold = false;
    const stale = (): boolean => {
      if (this.#isLost || this.#ports.isOverdue()) hasTold = true;
      return hasTold;
    };
    let isGone = false;
    const lost = (): void => {
      isGone = true;
    };
    await this.#insist('a batch failed and comes again', async () => {
      if (this.#ports.isOverdue()) throw unavailable(new Error('the group has not heard of us for too long'));
      await this.#ports.consumer.onBatch({ ...this.#place, records, stale, lost });
    });
    if (isGone) await sleep(FIRST_PAUSE_MS, undefined, { signal: this.#over.signal }).catch(() => undefined);
    if ((hasTold || isGone) && !this.#isLost) this.#ports.renew();
  }

  async #revoked(): Promise<void> {
    const { consumer, logger } = this.#ports;
    try {
      await consumer.revoked?.(this.#place.topic, this.#place.partition);
    } catch (error) {
      logger.warn({ err: error, ...this.#place }, 'giving back a partition failed');
    }
  }

  /** Again and again until it succeeds, or the feed is over: undefined. */
  async #insist<T>(what: string, attempt: () => Promise<T>): Promise<T | undefined> {
    const { signal } = this.#over;
    let pause = FIRST_PAUSE_MS;
    while (!signal.aborted) {
      try {
        return await attempt();
      } catch (error) {
        if (signal.aborted) break;
        this.#ports.logger.warn({ err: error, group: this.#ports.consumer.group, ...this.#place, pause }, what);
        await sleep(pause, undefined, { signal }).catch(() => undefined);
        pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
      }
    }
    return undefined;
  }
}
