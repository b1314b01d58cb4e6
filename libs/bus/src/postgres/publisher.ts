import type { LogRecord, Position } from '@runledger/contracts';
import type { Fault } from '@runledger/kernel';
import type { Client } from 'pg';
import type { Unmoved } from '../log';
import { checkText, closed, moved, overloaded, tooLarge, unavailable } from '../log-fault';
import {
  connect,
  drop,
  end,
  faultOf,
  isAboutData,
  isAnswered,
  processIdOf,
  type Target,
  withDeadline,
} from './connection';
import { insertRecords, type Placed, type Stretch } from './insert-records';
import { Call, type Load, loadOf, PartQueue } from './part-queue';

export type PublisherOptions = Readonly<{
  /** Connections that write side by side, each with partitions of its own at any time. */
  writers: number;
  /** Most bytes of values that may wait or be under way. */
  maxWaitingBytes: number;
  maxRecordBytes: number;
  /** After this long without an answer publish() rejects, whatever became of the records. */
  deadlineMs: number;
}>;

/** Told of everything that has been committed, in the order of each partition. */
export type OnCommitted = (stretch: Stretch, placed: Placed) => void;

type Writer = { client: Client | undefined; busySince: number | undefined; restsUntil: number };

const REST_MS = 250; // after a failed attempt to connect
const GATHER_MS = 20; // longest time that small records wait for a transaction under way

/**
 * Combines what is published at the same time into few transactions. While a partition is in one of them, no other of
 * this process touches it: transactions of one process never wait for each other's locks.
 */
export class PostgresPublisher {
  readonly #target: Target;
  readonly #options: PublisherOptions;
  readonly #onCommitted: OnCommitted;
  readonly #writers: Writer[];
  readonly #queue = new PartQueue();
  #isClosed = false;
  #scheduled = false;
  #gathering: NodeJS.Timeout | undefined;
  #onIdle: (() => void) | undefined;

  constructor(target: Target, options: PublisherOptions, onCommitted: OnCommitted) {
    this.#target = target;
    this.#options = options;
    this.#onCommitted = onCommitted;
    this.#writers = Array.from({ length: options.writers }, () => ({
      client: undefined,
      busySince: undefined,
      restsUntil: 0,
    }));
  }

  /** @throws Fault conflict BUS_MOVED, where something has moved since */
  async publish(records: readonly LogRecord[], since?: Unmoved): Promise<Position[]> {
    if (records.length === 0) return [];
    if (this.#isClosed) throw closed();
    const bytes = this.#check(records);
    // A call larger than all the room there is may pass when nothing else waits.
    if (this.#queue.bytes > 0 && this.#queue.bytes + bytes > this.#options.maxWaitingBytes)
      throw overloaded(this.#queue.bytes);
    if (this.#isAway()) throw unavailable();
    const call: Call = new Call(records.length, this.#options.deadlineMs, () => this.#queue.discard(call));
    this.#queue.add(call, records, since);
    this.#schedule();
    return call.promise;
  }

  /** Whether this process id is of a connection that publishes: of its commits one is told by `onCommitted`. */
  writesAs(processId: number): boolean {
    return this.#writers.some(({ client }) => client !== undefined && processIdOf(client) === processId);
  }

  /** Lets what was accepted come to its end first. */
  async close(): Promise<void> {
    this.#isClosed = true;
    if (!this.#queue.isEmpty)
      await new Promise<void>((idle) => {
        this.#onIdle = idle;
      });
    clearTimeout(this.#gathering);
    await Promise.all(this.#writers.map(({ client }) => (client ? end(client) : Promise.resolve())));
  }

  #check(records: readonly LogRecord[]): number {
    let sum = 0;
    for (const record of records) {
      const bytes = record.value.byteLength;
      if (bytes > this.#options.maxRecordBytes) throw tooLarge(this.#options.maxRecordBytes);
      checkText(record);
      sum += bytes;
    }
    return sum;
  }

  /** No writer has a connection, and the last attempts to get one have just failed: a caller need not wait to hear it. */
  #isAway(): boolean {
    const now = performance.now();
    return this.#writers.every((writer) => writer.client === undefined && now < writer.restsUntil);
  }

  /** After the requests of this turn of the event loop: they share a transaction. */
  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#startWriters();
    });
  }

  /** Small records gather behind a transaction under way, and share the next one. */
  #gatherMs(now: number): number {
    const begun = this.#writers.flatMap(({ busySince }) => busySince ?? []);
    return this.#queue.isSmall && begun.length > 0 ? Math.min(...begun) + GATHER_MS - now : 0;
  }

  #startWriters(): void {
    const now = performance.now();
    const gatherMs = this.#gatherMs(now);
    if (gatherMs > 0) {
      clearTimeout(this.#gathering);
      this.#gathering = setTimeout(() => this.#schedule(), gatherMs);
      return;
    }
    const free = this.#writers.filter(
      (w) => w.busySince === undefined && (w.client !== undefined || now >= w.restsUntil),
    );
    for (let writer = free.pop(); writer; writer = free.pop()) {
      const loads = this.#queue.take(free.length);
      if (loads.length === 0) break;
      void this.#write(writer, loads);
    }
    if (this.#queue.isEmpty) this.#onIdle?.();
  }

  async #write(writer: Writer, loads: readonly Load[]): Promise<void> {
    writer.busySince = performance.now();
    try {
      writer.client ??= await this.#connect(writer);
      await this.#insert(writer, loads);
    } catch (error) {
      this.#fail(loads, faultOf(error));
      if (this.#isAway()) for (const part of this.#queue.discard()) part.call.fail(unavailable(error));
    } finally {
      writer.busySince = undefined;
      this.#queue.release(loads);
      this.#schedule();
    }
  }

  async #connect(writer: Writer): Promise<Client> {
    try {
      const client = await connect(this.#target);
      client.once('end', () => {
        if (writer.client === client) writer.client = undefined;
      });
      return client;
    } catch (error) {
      this.#target.logger.warn({ err: error }, 'the log cannot be reached');
      writer.restsUntil = performance.now() + REST_MS;
      throw error;
    }
  }

  async #insert(writer: Writer, loads: readonly Load[]): Promise<void> {
    const { client } = writer;
    if (client === undefined) throw unavailable();
    try {
      const placed = await withDeadline(insertRecords(client, loads), this.#options.deadlineMs, () => drop(client));
      const left = loads.filter((load, i) => !this.#settle(load, placed[i]));
      if (loads.length > 1) for (const load of left) await this.#insertAlone(writer, load);
      else if (left.length > 0) await this.#insertUnmoved(writer, left);
    } catch (error) {
      if (!isAnswered(error)) {
        drop(client);
        writer.client = undefined;
      }
      const parts = loads.reduce((sum, load) => sum + load.parts.length, 0);
      if (!isAboutData(error) || parts === 1) throw error;
      await this.#insertOneByOne(writer, loads);
    }
  }

  /** Postgres refused something in what had been combined. Whoever has no part in it must not suffer. */
  async #insertOneByOne(writer: Writer, loads: readonly Load[]): Promise<void> {
    for (const load of loads)
      for (const part of load.parts) await this.#insertAlone(writer, loadOf(load.place, load, [part]));
  }

  /** Something has moved for one of these: the others do not depend on it. */
  async #insertUnmoved(writer: Writer, loads: readonly Load[]): Promise<void> {
    if (loads.some(({ parts }) => parts.length > 1)) return this.#insertOneByOne(writer, loads);
    this.#fail(loads, moved());
  }

  async #insertAlone(writer: Writer, load: Load): Promise<void> {
    await this.#insert(writer, [load]).catch((error: unknown) => this.#fail([load], faultOf(error)));
  }

  /** Answers whether the load has a place. */
  #settle(load: Load, placed: Placed | undefined): boolean {
    if (placed === undefined) return false;
    this.#onCommitted(load, placed);
    let first = placed.first;
    for (const part of load.parts) {
      part.call.place(part, { first });
      first += part.records.length;
    }
    return true;
  }

  #fail(loads: readonly Load[], fault: Fault): void {
    for (const load of loads) for (const part of load.parts) part.call.fail(fault);
  }
}
