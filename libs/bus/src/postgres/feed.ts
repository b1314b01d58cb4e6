import { setTimeout as sleep } from 'node:timers/promises';
import type { Recorded } from '@runledger/contracts';
import type { Logger } from '@runledger/kernel';
import type { Consumer } from '../log';
import { outOfRange, unavailable } from '../log-fault';
import type { Place } from './share-partitions';

const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 5_000;

export type FeedDeps = Readonly<{
  consumer: Consumer;
  logger: Logger;
  /** The next records from `from` on, none when there are none yet. */
  take(place: Place, from: number): Promise<Recorded[]>;
  /** What follows these and fits into one batch with them. */
  more(place: Place, records: readonly Recorded[]): Promise<Recorded[]>;
  /** First offset of the partition, and the one that its next record will get. */
  range(place: Place): Promise<Readonly<{ start: number; end: number }>>;
  /** Resolves once the partition reaches beyond `at`, or the signal comes. */
  beyond(place: Place, at: number, signal: AbortSignal): Promise<void>;
  /** The group may have moved on without us. */
  isOverdue(): boolean;
  /** Asks after the group: a batch that failed may have failed because another member has the partition. */
  look(): Promise<void>;
  /** Puts a new feed in the place of this one, which asks the consumer where to begin. */
  renew(): void;
}>;

/** Brings one partition's records to the consumer for as long as the partition is ours. */
export class Feed {
  /** Resolves when the partition is given back; nothing of the consumer runs for it any more. */
  readonly done: Promise<void>;
  readonly #place: Place;
  readonly #deps: FeedDeps;
  readonly #ended = new AbortController();
  #isLost = false;

  /** Begins when `after` has resolved: the feed of the same partition before this one. */
  constructor(place: Place, deps: FeedDeps, after: Promise<void> | undefined) {
    this.#place = place;
    this.#deps = deps;
    this.done = this.#run(after);
  }

  /** Somebody else has the partition, or may have: what is under way is stale. */
  lose(): void {
    this.#isLost = true;
    this.#ended.abort();
  }

  /** No further batch; the one under way is still good. */
  finish(): void {
    this.#ended.abort();
  }

  async #run(after: Promise<void> | undefined): Promise<void> {
    await after;
    const start = await this.#insist('a partition could not be taken', () => this.#assigned());
    if (start !== undefined) await this.#consume(start);
    if (start !== undefined) await this.#revoked();
  }

  async #consume(start: number): Promise<void> {
    const { signal } = this.#ended;
    let next = this.#fetch(start);
    while (!signal.aborted) {
      const records = await this.#topUp(await next);
      const last = records.at(-1);
      if (last === undefined) break;
      next = this.#fetch(last.offset + 1); // while the consumer works
      await this.#deliver(records);
    }
    await next;
  }

  /** Adds what has come since these were fetched, while the consumer was busy: few large batches cost less than many. */
  async #topUp(records: Recorded[]): Promise<Recorded[]> {
    const last = records.at(-1);
    if (last === undefined || this.#ended.signal.aborted) return records;
    const more = await this.#insist('the log could not be read', () => this.#deps.more(this.#place, records));
    return more === undefined || more.length === 0 ? records : [...records, ...more];
  }

  async #assigned(): Promise<number> {
    const { topic, partition } = this.#place;
    const offset = await this.#deps.consumer.assigned(topic, partition);
    const { start, end } = await this.#deps.range(this.#place);
    if (offset < start || offset > end) throw outOfRange({ topic, partition, offset });
    return offset;
  }

  /** Waits for records. None: the feed has ended. */
  async #fetch(from: number): Promise<Recorded[]> {
    const { signal } = this.#ended;
    while (!signal.aborted) {
      await this.#deps.beyond(this.#place, from, signal);
      const records = await this.#insist('the log could not be read', () => this.#deps.take(this.#place, from));
      if (records === undefined) break;
      if (records.length > 0) return records;
      await sleep(FIRST_WAIT_MS, undefined, { signal }).catch(() => undefined); // told of a record that is not there yet
    }
    return [];
  }

  /** A consumer that heard "stale" may have dropped the batch, and still have the partition: then it is asked again; so is one that lost it. */
  async #deliver(records: readonly Recorded[]): Promise<void> {
    let wasStale = false;
    const stale = (): boolean => {
      wasStale ||= this.#isLost || this.#deps.isOverdue();
      return wasStale;
    };
    let isGone = false;
    const lost = (): void => {
      isGone = true;
    };
    await this.#insist('a batch failed and comes again', async () => {
      if (this.#deps.isOverdue()) await this.#deps.look();
      if (this.#ended.signal.aborted) return;
      if (this.#deps.isOverdue()) throw unavailable(new Error('this member has not been heard of for too long'));
      await this.#deps.consumer.onBatch({ ...this.#place, records, stale, lost });
    });
    if (isGone) {
      await sleep(FIRST_WAIT_MS, undefined, { signal: this.#ended.signal }).catch(() => undefined);
      await this.#deps.look();
    }
    if ((wasStale || isGone) && !this.#isLost) this.#deps.renew();
  }

  async #revoked(): Promise<void> {
    const { consumer, logger } = this.#deps;
    try {
      await consumer.revoked?.(this.#place.topic, this.#place.partition);
    } catch (error) {
      logger.warn({ err: error, ...this.#place }, 'giving back a partition failed');
    }
  }

  /** Again and again until it succeeds or the feed has ended, which answers undefined. */
  async #insist<T>(what: string, attempt: () => Promise<T>): Promise<T | undefined> {
    const { signal } = this.#ended;
    for (let wait = FIRST_WAIT_MS; !signal.aborted; wait = Math.min(wait * 2, LONGEST_WAIT_MS)) {
      try {
        return await attempt();
      } catch (error) {
        if (signal.aborted) break;
        this.#deps.logger.warn({ err: error, group: this.#deps.consumer.group, ...this.#place, wait }, what);
        await this.#deps.look();
        await sleep(wait, undefined, { signal }).catch(() => undefined);
      }
    }
    return undefined;
  }
}
