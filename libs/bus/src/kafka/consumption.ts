import type { Recorded } from '@runledger/contracts';
import type { Logger } from '@runledger/kernel';
import type { Batch, Kafka, Consumer as KafkaConsumer, KafkaMessage } from 'kafkajs';
import type { Consumption } from '../log';
import { unavailable } from '../log-fault';
import { Feed, type FeedConsumer, type FeedPorts, type Place } from './feed';
import { PATIENT_RETRY } from './kafka-client';

export type ConsumptionOptions = Readonly<{
  kafka: Kafka;
  logger: Logger;
  range: FeedPorts['range'];
  /** A member that the group has not heard of for so long loses its partitions. */
  sessionMs: number;
  /** How long to wait until the group has counted us in. */
  joinMs: number;
  /** How long the broker waits for records where there are none; a partition that flows again waits as long for its next answer. */
  fetchMs?: number;
}>;

const MB = 1024 * 1024;
const FETCH_MS = 100;
const FETCH_BYTES = 16 * MB;
const RELAUNCH_MS = 2_000;

const idOf = ({ topic, partition }: Place): string => `${topic}/${partition}`;

function headersOf(message: KafkaMessage): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(message.headers ?? {})) {
    const last = Array.isArray(value) ? value.at(-1) : value;
    if (last !== undefined) headers[name] = last.toString();
  }
  return headers;
}

/** The bytes are copied: as they come, each value would keep the whole answer of the broker in memory. */
const recordedOf = ({ topic, partition }: Place, message: KafkaMessage): Recorded => ({
  topic,
  partition,
  offset: Number(message.offset),
  appended: Number(message.timestamp),
  key: message.key?.toString() ?? '',
  headers: headersOf(message),
  value: Buffer.from(message.value ?? []),
});

/** One member of a consumer group of Kafka. The group shares out partitions; offsets are the consumer's own affair. */
export class KafkaConsumption implements Consumption {
  readonly #consumer: FeedConsumer;
  readonly #options: ConsumptionOptions;
  readonly #limits: Readonly<{ maxRecords: number; maxBytes: number }>;
  readonly #feeds = new Map<string, Feed>();
  /** When the last feed of a partition has ended, the next may begin. */
  readonly #ends = new Map<string, Promise<void>>();
  #member: KafkaConsumer | undefined;
  #lastHeard = Number.NEGATIVE_INFINITY;
  #onJoined: (() => void) | undefined;
  #relaunch: NodeJS.Timeout | undefined;
  #stopping: Promise<void> | undefined;

  constructor(consumer: FeedConsumer, options: ConsumptionOptions) {
    this.#consumer = consumer;
    this.#options = options;
    this.#limits = { maxRecords: consumer.maxRecords ?? 1_000, maxBytes: consumer.maxBytes ?? 4 * MB };
  }

  /** Resolves when the group has counted us in. @throws Fault unavailable BUS_UNAVAILABLE */
  async join(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const joined = new Promise<void>((done) => {
      this.#onJoined = done;
    });
    const late = new Promise<never>((_, reject) => {
      const { joinMs } = this.#options;
      timer = setTimeout(() => reject(unavailable(new Error(`not in the group after ${joinMs} ms`))), joinMs);
    });
    try {
      void this.#launch();
      await Promise.race([joined, late]);
    } catch (error) {
      await this.stop();
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  /** The consumer is asked anew where to begin with a partition that is his. */
  reassign(place: Place): void {
    const feed = this.#feeds.get(idOf(place));
    if (feed === undefined || this.#stopping) return;
    feed.lose();
    this.#feed(place);
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #stop(): Promise<void> {
    clearTimeout(this.#relaunch);
    for (const feed of this.#feeds.values()) feed.finish();
    await Promise.all(this.#ends.values());
    await this.#member?.disconnect().catch((error: unknown) => this.#note(error, 'left a group without a word'));
  }

  async #launch(): Promise<void> {
    const { kafka, sessionMs, fetchMs = FETCH_MS } = this.#options;
    const member = kafka.consumer({
      groupId: this.#consumer.group,
      sessionTimeout: sessionMs,
      rebalanceTimeout: Math.max(sessionMs, 10_000),
      heartbeatInterval: Math.ceil(sessionMs / 5),
      maxWaitTimeInMs: fetchMs,
      maxBytesPerPartition: Math.max(this.#limits.maxBytes, MB),
      maxBytes: FETCH_BYTES,
      allowAutoTopicCreation: false,
      retry: { ...PATIENT_RETRY, restartOnFailure: async () => this.#stopping === undefined },
    });
    this.#member = member;
    this.#listen(member);
    try {
      await member.connect();
      await member.subscribe({ topics: [...this.#consumer.topics], fromBeginning: true });
      await member.run({ autoCommit: false, eachBatch: async ({ batch }) => this.#push(batch) });
    } catch (error) {
      this.#note(error, 'a consumer could not start');
      this.#launchLater(member);
    }
  }

  #listen(member: KafkaConsumer): void {
    const { events } = member;
    const current = (then: () => void) => (): void => {
      if (member === this.#member) then();
    };
    member.on(
      events.HEARTBEAT,
      current(() => this.#hear()),
    );
    member.on(
      events.REBALANCING,
      current(() => this.#loseAll()),
    );
    member.on(events.GROUP_JOIN, ({ payload }) => {
      if (member === this.#member) this.#joined(payload.memberAssignment);
    });
    member.on(events.CRASH, ({ payload }) => {
      if (member !== this.#member) return;
      this.#note(payload.error, 'a consumer lost its group');
      this.#loseAll();
      if (!payload.restart) this.#launchLater(member);
    });
  }

  /** kafkajs itself begins again after what it holds to be passing; we do after everything. */
  #launchLater(member: KafkaConsumer): void {
    if (this.#stopping) return;
    void member.disconnect().catch(() => undefined);
    this.#relaunch = setTimeout(() => void this.#launch(), RELAUNCH_MS);
  }

  #hear(): void {
    this.#lastHeard = performance.now();
  }

  /** Called before kafkajs fetches for the new assignment: a new feed pauses its partition until it knows its offset. */
  #joined(assignment: Readonly<Record<string, number[]>>): void {
    this.#hear();
    this.#loseAll();
    if (this.#stopping) return;
    for (const [topic, partitions] of Object.entries(assignment))
      for (const partition of partitions) this.#feed({ topic, partition });
    this.#onJoined?.();
  }

  #feed(place: Place): void {
    const id = idOf(place);
    const { logger, range, sessionMs } = this.#options;
    const ports: FeedPorts = {
      consumer: this.#consumer,
      logger,
      limits: this.#limits,
      range,
      seek: ({ topic, partition }, offset) => this.#member?.seek({ topic, partition, offset: String(offset) }),
      flow: ({ topic, partition }, isOn) => {
        const what = [{ topic, partitions: [partition] }];
        if (isOn) this.#member?.resume(what);
        else this.#member?.pause(what);
      },
      isOverdue: () => performance.now() - this.#lastHeard > sessionMs,
      renew: () => {
        if (this.#feeds.get(id) === feed) this.reassign(place);
      },
    };
    const feed: Feed = new Feed(place, ports, this.#ends.get(id));
    this.#feeds.set(id, feed);
    this.#ends.set(id, feed.done);
  }

  #loseAll(): void {
    for (const feed of this.#feeds.values()) feed.lose();
    this.#feeds.clear();
  }

  #push(batch: Batch): void {
    const place = { topic: batch.topic, partition: batch.partition };
    this.#feeds.get(idOf(place))?.push(batch.messages.map((message) => recordedOf(place, message)));
  }

  #note(error: unknown, what: string): void {
    this.#options.logger.warn({ err: error, group: this.#consumer.group }, what);
  }
}
