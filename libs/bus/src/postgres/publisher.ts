import type { LogRecord, Position } from '@runledger/contracts';
import type { Fault } from '@runledger/kernel';
import type { Client } from 'pg';
import { checkText, closed, overloaded, tooLarge, unavailable } from '../log-fault';
import { connect, drop, end, faultOf, isAboutData, isAnswered, type Target, withDeadline } from './connection';
import { insertRecords, type Placed, type Stretch } from './insert-records';
import { Call, type Load, PartQueue } from './part-queue';

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

type Writer = { client: Client | undefined; busy: boolean; restsUntil: number };

const REST_MS = 250; // after a failed attempt to connect

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
  #onIdle: (() => void) | undefined;

  constructor(target: Target, options: PublisherOptions, onCommitted: OnCommitted) {
    this.#target = target;
    this.#options = options;
    this.#onCommitted = onCommitted;
    this.#writers = Array.from({ length: options.writers }, () => ({ client: undefined, busy: false, restsUntil: 0 }));
  }

  async publish(records: readonly LogRecord[]): Promise<Position[]> {
    if (records.length === 0) return [];
    if (this.#isClosed) throw closed();
    const bytes = this.#check(records);
    // A call larger than all the room there is may pass when nothing else waits.
    if (this.#queue.bytes > 0 && this.#queue.bytes + bytes > this.#options.maxWaitingBytes)
      throw overloaded(this.#queue.bytes);
    if (this.#isAway()) throw unavailable();
    const call: Call = new Call(records.length, this.#options.deadlineMs, () => this.#queue.discard(call));
    this.#queue.add(call, records);
    this.#schedule();
    return call.promise;
  }

  /** Lets what was accepted come to its end first. */
  async close(): Promise<void> {
    this.#isClosed = true;
    if (!this.#queue.isEmpty)
      await new Promise<void>((idle) => {
        this.#onIdle = idle;
      });
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

  #startWriters(): void {
    const now = performance.now();
    const free = this.#writers.filter((w) => !w.busy && (w.client !== undefined || now >= w.restsUntil));
    for (let writer = free.pop(); writer; writer = free.pop()) {
      const loads = this.#queue.take(free.length);
      if (loads.length === 0) break;
      void this.#write(writer, loads);
    }
    if (this.#queue.isEmpty) this.#onIdle?.();
  }

  async #write(writer: Writer, loads: readonly Load[]): Promise<void> {
    writer.busy = true;
    try {
      writer.client ??= await this.#connect(writer);
      await this.#insert(writer, loads);
    } catch (error) {
      this.#fail(loads, faultOf(error));
      if (this.#isAway()) for (const part of this.#queue.discard()) part.call.fail(unavailable(error));
    } finally {
      writer.busy = false;
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
      for (const [i, load] of loads.entries()) this.#settle(load, placed[i] as Placed);
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
      for (const part of load.parts) {
        const alone: Load = { ...load, parts: [part], records: part.records };
        await this.#insert(writer, [alone]).catch((error: unknown) => this.#fail([alone], faultOf(error)));
      }
  }

  #settle(load: Load, placed: Placed): void {
    this.#onCommitted(load, placed);
    let first = placed.first;
    for (const part of load.parts) {
      part.call.place(part, { first });
      first += part.records.length;
    }
  }

  #fail(loads: readonly Load[], fault: Fault): void {
    for (const load of loads) for (const part of load.parts) part.call.fail(fault);
  }
}
