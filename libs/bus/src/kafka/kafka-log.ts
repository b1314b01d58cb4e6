import type { LogRecord, Position, Recorded } from '@runledger/contracts';
import { createLogger, Fault, type Logger } from '@runledger/kernel';
import type { Admin, Kafka } from 'kafkajs';
import type { Consumer, Consumption, NativeLog } from '../log';
import { closed } from '../log-fault';
import { type ConsumptionOptions, KafkaConsumption } from './consumption';
import type { Place } from './feed';
import { ClusterAdmin, kafkaClient } from './kafka-client';
import { PartitionReads } from './partition-reads';
import { KafkaPublisher, type PublisherOptions } from './publisher';
import { ensureTopics, type TopicOptions } from './topics';

export type KafkaLogOptions = Readonly<{
  /** `host:port` of some of the brokers. */
  brokers: readonly string[];
  clientId?: string;
  logger?: Logger;
  /** A consumer that has not been heard of for so long loses its partitions. The brokers set bounds to it. */
  sessionMs?: number;
  /** How long consume() waits until its group has counted the new member in. */
  joinMs?: number;
}> &
  Partial<PublisherOptions> &
  Partial<TopicOptions>;

const MB = 1024 * 1024;
const DEFAULTS = {
  clientId: 'runledger',
  sessionMs: 10_000,
  joinMs: 60_000,
  producers: 2,
  maxWaitingBytes: 64 * MB,
  maxRecordBytes: 16 * MB,
  deadlineMs: 10_000,
};

type Settings = Readonly<typeof DEFAULTS> & Readonly<{ logger: Logger; incarnation: string }>;

/** The log on Apache Kafka. */
class KafkaLog implements NativeLog {
  readonly incarnation: string;
  readonly #kafka: Kafka;
  readonly #admin: ClusterAdmin;
  readonly #settings: Settings;
  readonly #publisher: KafkaPublisher;
  readonly #consumptions = new Set<KafkaConsumption>();
  readonly #reads: PartitionReads;
  #closing: Promise<void> | undefined;

  constructor(kafka: Kafka, admin: ClusterAdmin, settings: Settings) {
    this.incarnation = settings.incarnation;
    this.#kafka = kafka;
    this.#admin = admin;
    this.#settings = settings;
    this.#publisher = new KafkaPublisher(kafka, settings.logger, settings);
    this.#reads = new PartitionReads(this.#consumptionOptions());
  }

  publish(records: readonly LogRecord[]): Promise<Position[]> {
    return this.#publisher.publish(records);
  }

  async consume(consumer: Consumer): Promise<Consumption> {
    if (this.#closing) throw closed();
    const consumption = new KafkaConsumption(consumer, this.#consumptionOptions());
    this.#consumptions.add(consumption);
    const stop = async (): Promise<void> => {
      await consumption.stop();
      this.#consumptions.delete(consumption);
    };
    await consumption.join().catch(async (error: unknown) => {
      await stop();
      throw error;
    });
    return { stop };
  }

  read(topic: string, partition: number, from: number, to: number): AsyncIterable<readonly Recorded[]> {
    return this.#reads.read({ topic, partition }, from, to);
  }

  ends(topics: readonly string[]): Promise<Position[]> {
    return this.#offsets(topics, async (admin, topic) =>
      (await admin.fetchTopicOffsets(topic)).map(({ partition, high }) => ({ partition, offset: high })),
    );
  }

  offsetsAfter(topics: readonly string[], time: number): Promise<Position[]> {
    // Kafka tells the first offset of a time or later, and the end where there is none.
    return this.#offsets(topics, (admin, topic) => admin.fetchTopicOffsetsByTimestamp(topic, time + 1));
  }

  starts(topics: readonly string[]): Promise<Position[]> {
    return this.#offsets(topics, async (admin, topic) =>
      (await admin.fetchTopicOffsets(topic)).map(({ partition, low }) => ({ partition, offset: low })),
    );
  }

  async drop({ topic, partition, offset }: Position): Promise<void> {
    const { low, high } = await this.#range({ topic, partition });
    const before = Math.min(offset, high);
    if (before <= low) return;
    const partitions = [{ partition, offset: String(before) }];
    await this.#admin.ask((admin) => admin.deleteTopicRecords({ topic, partitions }));
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await Promise.all([this.#reads.close(), ...[...this.#consumptions].map((consumption) => consumption.stop())]);
    await this.#publisher.close();
    await this.#admin.close();
  }

  async #offsets(
    topics: readonly string[],
    ask: (admin: Admin, topic: string) => Promise<ReadonlyArray<{ partition: number; offset: string }>>,
  ): Promise<Position[]> {
    const found = await Promise.all(
      topics.map(async (topic) => {
        const offsets = await this.#admin.ask((admin) => ask(admin, topic));
        return offsets.map(({ partition, offset }) => ({ topic, partition, offset: Number(offset) }));
      }),
    );
    return found.flat().sort((a, b) => (a.topic === b.topic ? a.partition - b.partition : a.topic < b.topic ? -1 : 1));
  }

  #consumptionOptions(): ConsumptionOptions {
    const { logger, sessionMs, joinMs } = this.#settings;
    return { kafka: this.#kafka, logger, sessionMs, joinMs, range: (place) => this.#range(place) };
  }

  async #range({ topic, partition }: Place): Promise<{ low: number; high: number }> {
    const offsets = await this.#admin.ask((admin) => admin.fetchTopicOffsets(topic));
    const found = offsets.find((one) => one.partition === partition);
    if (found === undefined)
      throw new Fault('bug', 'BUS_NO_PARTITION', `there is no partition ${partition} of ${topic}`);
    return { low: Number(found.low), high: Number(found.high) };
  }
}

/** @throws Fault unavailable BUS_UNAVAILABLE, conflict BUS_WRONG_PARTITIONS */
export async function openKafkaLog(options: KafkaLogOptions): Promise<NativeLog> {
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  const settings = { ...DEFAULTS, logger: createLogger('bus', 'warn'), ...given };
  const { clientId, logger } = settings;
  const kafka = kafkaClient({ brokers: options.brokers, clientId, logger });
  const admin = new ClusterAdmin(kafka);
  try {
    const { clusterId } = await admin.ask((it) => it.describeCluster());
    const maxRecordBytes = await admin.ask((it) => ensureTopics(it, settings));
    return new KafkaLog(kafka, admin, { ...settings, maxRecordBytes, incarnation: clusterId });
  } catch (error) {
    await admin.close().catch(() => undefined);
    throw error;
  }
}
