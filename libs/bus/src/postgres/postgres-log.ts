import { type LogRecord, type Position, type Recorded, TOPIC_LIST } from '@runledger/contracts';
import { createLogger, isFault, type Logger } from '@runledger/kernel';
import type { Client } from 'pg';
import type { Consumer, Consumption, NativeLog, Unmoved } from '../log';
import { closed } from '../log-fault';
import { CommittedTail } from './committed-tail';
import { connect, end, faultOf, readIncarnation, type Target } from './connection';
import { PostgresConsumption } from './consumption';
import { dropRecords } from './drop-records';
import { EndWatch } from './end-watch';
import { Listener } from './listener';
import { PostgresPublisher, type PublisherOptions } from './publisher';
import { PostgresReader } from './reader';
import type { Place } from './share-partitions';

export type PostgresLogOptions = Readonly<{
  /** libpq connection URL of a migrated database. */
  url: string;
  logger?: Logger;
  /** How long to wait for a connection. */
  connectMs?: number;
  readers?: number;
  /** Of the newest records, how many bytes stay in memory for consumers in this process. 0: none. */
  tailBytes?: number;
  beatMs?: number;
  /** A consumer that has not been heard of for so long loses its partitions. */
  sessionMs?: number;
  /** In case a notification was missed. */
  pollMs?: number;
}> &
  Partial<PublisherOptions>;

const MB = 1024 * 1024;
const DEFAULTS = {
  connectMs: 3_000,
  readers: 4,
  tailBytes: 64 * MB,
  beatMs: 1_000,
  sessionMs: 6_000,
  pollMs: 1_000,
  writers: 3,
  maxWaitingBytes: 64 * MB,
  maxRecordBytes: 16 * MB,
  deadlineMs: 10_000,
};
const BATCH = { maxRecords: 1_000, maxBytes: 4 * MB };

type Settings = Readonly<typeof DEFAULTS>;
type Limits = Readonly<typeof BATCH>;

const limitsOf = (consumer: Consumer): Limits => ({
  maxRecords: consumer.maxRecords ?? BATCH.maxRecords,
  maxBytes: consumer.maxBytes ?? BATCH.maxBytes,
});

async function prepare(client: Client): Promise<string> {
  const places = TOPIC_LIST.flatMap(({ name, partitions }) => Array.from({ length: partitions }, (_, p) => [name, p]));
  const incarnation = await readIncarnation(client);
  await client.query(
    `insert into custody.log_partition (topic, partition) select * from unnest($1::text[], $2::int[])
     on conflict do nothing`,
    [places.map(([topic]) => topic), places.map(([, partition]) => partition)],
  );
  return incarnation;
}

/** The log on one machine: partitions are rows of append-only tables. See docs/adr/0002-the-embedded-log.md. */
class PostgresLog implements NativeLog {
  readonly incarnation: string;
  readonly #target: Target;
  readonly #settings: Settings;
  readonly #logger: Logger;
  readonly #tail: CommittedTail;
  readonly #publisher: PostgresPublisher;
  readonly #reader: PostgresReader;
  readonly #watch: EndWatch;
  readonly #listener: Listener;
  readonly #consumptions = new Set<PostgresConsumption>();
  #closing: Promise<void> | undefined;

  constructor(target: Target & { incarnation: string }, settings: Settings) {
    this.incarnation = target.incarnation;
    this.#target = target;
    this.#settings = settings;
    this.#logger = target.logger;
    this.#tail = new CommittedTail(settings.tailBytes);
    this.#reader = new PostgresReader(target, settings.readers);
    const { pollMs } = settings;
    const topics = TOPIC_LIST.map(({ name }) => name);
    this.#watch = new EndWatch({ pollMs, logger: target.logger, ends: () => this.#reader.ends(topics) });
    this.#publisher = new PostgresPublisher(target, settings, (stretch, placed) => {
      this.#tail.add(stretch, placed);
      this.#watch.moved(stretch, placed.first + stretch.records.length);
    });
    this.#listener = new Listener(target, ['runledger_log', 'runledger_group'], {
      notice: (channel, payload, by) => {
        if (channel !== 'runledger_log') this.#look(payload);
        // Of our own commits we hear here before their answers: consumers would ask for what the tail is about to have.
        else if (!this.#publisher.writesAs(by)) this.#watch.heard(payload);
      },
      again: () => {
        void this.#watch.look();
        this.#look();
      },
    });
  }

  publish(records: readonly LogRecord[]): Promise<Position[]> {
    return this.#publisher.publish(records);
  }

  async publishUnmoved(records: readonly LogRecord[], since: Unmoved): Promise<Position[] | undefined> {
    try {
      return await this.#publisher.publish(records, since);
    } catch (error) {
      if (isFault(error) && error.code === 'BUS_MOVED') return undefined;
      throw error;
    }
  }

  async consume(consumer: Consumer): Promise<Consumption> {
    if (this.#closing) throw closed();
    this.#listener.start();
    this.#watch.start();
    const consumption = new PostgresConsumption(consumer, {
      membership: {
        beatMs: this.#settings.beatMs,
        sessionMs: this.#settings.sessionMs,
        logger: this.#logger,
        run: (work) => this.#reader.run(work),
      },
      feed: {
        take: (place, from) => this.#take(place, from, limitsOf(consumer)),
        more: (place, records) => this.#more(place, records, limitsOf(consumer)),
        range: (place) => this.#range(place),
        beyond: (place, at, signal) => this.#watch.beyond(place, at, signal),
      },
    });
    for (const place of consumption.places) this.#tail.open(place);
    this.#consumptions.add(consumption);
    await this.#asFault(() => consumption.join()).catch((error: unknown) => {
      this.#consumptions.delete(consumption);
      throw error;
    });
    return {
      stop: async () => {
        await consumption.stop();
        this.#consumptions.delete(consumption);
      },
    };
  }

  async *read(topic: string, partition: number, from: number, to: number): AsyncIterable<readonly Recorded[]> {
    for (let next = from; next < to; ) {
      const records = await this.#asFault(() => this.#reader.next({ topic, partition, from: next, to, ...BATCH }));
      const last = records.at(-1);
      if (last === undefined) return;
      yield records;
      next = last.offset + 1;
    }
  }

  ends(topics: readonly string[]): Promise<Position[]> {
    return this.#asFault(() => this.#reader.ends(topics));
  }

  offsetsAfter(topics: readonly string[], time: number): Promise<Position[]> {
    return this.#asFault(() => this.#reader.offsetsAfter(topics, time));
  }

  starts(topics: readonly string[]): Promise<Position[]> {
    return this.#asFault(() => this.#reader.starts(topics));
  }

  drop(before: Position): Promise<void> {
    return this.#asFault(() => dropRecords(this.#target, before));
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await Promise.all([...this.#consumptions].map((consumption) => consumption.stop()));
    await Promise.all([this.#publisher.close(), this.#listener.stop(), this.#watch.stop()]);
    await this.#reader.close();
  }

  #look(group?: string): void {
    for (const consumption of this.#consumptions)
      if (group === undefined || consumption.group === group) consumption.look();
  }

  async #take(place: Place, from: number, limits: Limits): Promise<Recorded[]> {
    const near = this.#tail.take(place, from, limits);
    if (near.length > 0) return near;
    return this.#reader.next({ ...place, from, to: Number.MAX_SAFE_INTEGER, ...limits });
  }

  /** Only where more is known to be there: asking costs a round trip. */
  async #more(place: Place, records: readonly Recorded[], limits: Limits): Promise<Recorded[]> {
    const from = (records.at(-1)?.offset ?? -1) + 1;
    const maxRecords = limits.maxRecords - records.length;
    const maxBytes = limits.maxBytes - records.reduce((sum, record) => sum + record.value.byteLength, 0);
    if (maxRecords <= 0 || maxBytes < limits.maxBytes / 4 || !this.#watch.isBeyond(place, from)) return [];
    const [first, ...others] = await this.#take(place, from, { maxRecords, maxBytes });
    return first === undefined || first.value.byteLength > maxBytes ? [] : [first, ...others];
  }

  async #range({ topic, partition }: Place): Promise<{ start: number; end: number }> {
    const [starts, ends] = await Promise.all([this.#reader.starts([topic]), this.#reader.ends([topic])]);
    for (const end of ends) this.#watch.moved(end, end.offset);
    const of = (places: readonly Position[]): number => places.find((one) => one.partition === partition)?.offset ?? 0;
    return { start: of(starts), end: of(ends) };
  }

  async #asFault<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw faultOf(error);
    }
  }
}

/**
 * @throws Fault unavailable BUS_UNAVAILABLE, unsupported BUS_NOT_MIGRATED
 */
export async function openPostgresLog(options: PostgresLogOptions): Promise<NativeLog> {
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  const settings: Settings = { ...DEFAULTS, ...given };
  const target: Target = {
    url: options.url,
    connectMs: settings.connectMs,
    lockMs: settings.deadlineMs,
    logger: options.logger ?? createLogger('bus', 'warn'),
  };
  try {
    const client = await connect(target);
    const incarnation = await prepare(client).finally(() => end(client));
    return new PostgresLog({ ...target, incarnation }, settings);
  } catch (error) {
    throw faultOf(error);
  }
}
