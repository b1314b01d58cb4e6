import type { LogRecord, Position } from '@runledger/contracts';
import type { Fault, Logger } from '@runledger/kernel';
import type { Kafka, Message, Producer, RecordMetadata } from 'kafkajs';
import { checkText, closed, overloaded, tooLarge, unavailable } from '../log-fault';
import { faultOf, QUICK_RETRY } from './kafka-client';
import { type Outgoing, Publication, SendQueue } from './send-queue';

export type PublisherOptions = Readonly<{
  /** Idempotent producers that send side by side, each with partitions of its own at any time. */
  producers: number;
  /** Most bytes that may wait or be under way. */
  maxWaitingBytes: number;
  maxRecordBytes: number;
  /** After this long without an answer publish() rejects, whatever became of the records. */
  deadlineMs: number;
}>;

type Sender = { producer: Producer | undefined; isBusy: boolean; restsUntil: number };

const REST_MS = 250; // after a failed attempt to connect
const ALL_REPLICAS = -1;

const bufferOf = (value: Uint8Array): Buffer => Buffer.from(value.buffer, value.byteOffset, value.byteLength);
const place = (topic: string, partition: number): string => `${topic}/${partition}`;

/** The partition is ours to choose: both logs put a key into the same one. */
const asGiven =
  () =>
  ({ message }: { message: Message }): number =>
    message.partition as number;

/**
 * Sends what is published at the same time as few requests. A producer has one request under way and is thrown away
 * with the first failure: kafkajs gives the numbers of a failed request to the next one, which a broker that had stored
 * the first would take for its repetition, and acknowledge without storing anything.
 */
export class KafkaPublisher {
  readonly #kafka: Kafka;
  readonly #logger: Logger;
  readonly #options: PublisherOptions;
  readonly #senders: Sender[];
  readonly #queue = new SendQueue();
  #isClosed = false;
  #isScheduled = false;
  #onEmpty: (() => void) | undefined;

  constructor(kafka: Kafka, logger: Logger, options: PublisherOptions) {
    this.#kafka = kafka;
    this.#logger = logger;
    this.#options = options;
    this.#senders = Array.from({ length: options.producers }, () => ({
      producer: undefined,
      isBusy: false,
      restsUntil: 0,
    }));
  }

  async publish(records: readonly LogRecord[]): Promise<Position[]> {
    if (records.length === 0) return [];
    if (this.#isClosed) throw closed();
    const bytes = this.#weigh(records);
    if (!this.#queue.isEmpty && this.#queue.bytes + bytes > this.#options.maxWaitingBytes)
      throw overloaded(this.#queue.bytes);
    if (this.#isAway()) throw unavailable();
    const publication = new Publication(records.length, this.#options.deadlineMs);
    this.#queue.push(publication, records);
    this.#schedule();
    return publication.answer;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    if (!this.#queue.isEmpty)
      await new Promise<void>((empty) => {
        this.#onEmpty = empty;
      });
    await Promise.allSettled(this.#senders.map((sender) => sender.producer?.disconnect() ?? Promise.resolve()));
  }

  #weigh(records: readonly LogRecord[]): number {
    const { maxRecordBytes } = this.#options;
    for (const record of records) {
      if (record.value.byteLength > maxRecordBytes) throw tooLarge(maxRecordBytes);
      checkText(record);
    }
    return records.reduce((sum, record) => sum + record.value.byteLength, 0);
  }

  /** Nobody is connected, and everybody has just failed to be. */
  #isAway(): boolean {
    const now = performance.now();
    return this.#senders.every((sender) => sender.producer === undefined && now < sender.restsUntil);
  }

  /** After the requests of this turn of the event loop. */
  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      this.#startSenders();
    });
  }

  #startSenders(): void {
    const now = performance.now();
    const free = this.#senders.filter((s) => !s.isBusy && (s.producer !== undefined || now >= s.restsUntil));
    for (const [i, sender] of free.entries()) {
      const request = this.#queue.take(1 / (free.length - i));
      if (request === undefined) break;
      sender.isBusy = true;
      void this.#send(sender, request.outgoing).finally(() => {
        sender.isBusy = false;
        request.release();
        this.#schedule();
      });
    }
    if (this.#queue.isEmpty) this.#onEmpty?.();
  }

  async #send(sender: Sender, outgoing: readonly Outgoing[]): Promise<void> {
    try {
      sender.producer ??= await this.#connect(sender);
      acknowledge(outgoing, await this.#request(sender.producer, outgoing));
    } catch (error) {
      sender.producer = undefined;
      this.#logger.warn({ err: error }, 'messages did not reach the log');
      this.#reject(outgoing, faultOf(error));
      if (this.#isAway()) this.#reject(this.#queue.clear(), unavailable(error));
    }
  }

  async #connect(sender: Sender): Promise<Producer> {
    const producer = this.#kafka.producer({
      idempotent: true,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      createPartitioner: asGiven,
      retry: QUICK_RETRY,
    });
    try {
      await producer.connect();
      return producer;
    } catch (error) {
      sender.restsUntil = performance.now() + REST_MS;
      void producer.disconnect().catch(() => undefined);
      throw error;
    }
  }

  /** A request that fails or is late ends its producer, though only once kafkajs has given up on it. */
  async #request(producer: Producer, outgoing: readonly Outgoing[]): Promise<RecordMetadata[]> {
    const sending = producer.sendBatch({ acks: ALL_REPLICAS, topicMessages: byTopic(outgoing) });
    const { deadlineMs } = this.#options;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(unavailable(new Error(`no answer in ${deadlineMs} ms`))), deadlineMs);
    });
    try {
      const answer = await Promise.race([sending, late]);
      checkAnswer(outgoing, answer);
      return answer;
    } catch (error) {
      const disconnect = (): Promise<void> => producer.disconnect();
      void sending.then(disconnect, disconnect).catch(() => undefined);
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  #reject(outgoing: readonly Outgoing[], fault: Fault): void {
    for (const { publication } of outgoing) publication.reject(fault);
  }
}

function byTopic(outgoing: readonly Outgoing[]): Array<{ topic: string; messages: Message[] }> {
  const topics = new Map<string, Message[]>();
  for (const { record, partition } of outgoing) {
    const messages = topics.get(record.topic) ?? [];
    topics.set(record.topic, messages);
    messages.push({ key: record.key, value: bufferOf(record.value), headers: { ...record.headers }, partition });
  }
  return [...topics].map(([topic, messages]) => ({ topic, messages }));
}

/** When leaders change in the middle, kafkajs may leave a partition out and still call it a success. */
function checkAnswer(outgoing: readonly Outgoing[], answer: readonly RecordMetadata[]): void {
  const stored = new Set(answer.filter((one) => Number(one.baseOffset ?? -1) >= 0).map(placeOfAnswer));
  const missing = outgoing.find(({ record, partition }) => !stored.has(place(record.topic, partition)));
  if (missing) throw unavailable(new Error(`no offset for ${missing.record.topic}/${missing.partition}`));
}

const placeOfAnswer = ({ topicName, partition }: RecordMetadata): string => place(topicName, partition);

function acknowledge(outgoing: readonly Outgoing[], answer: readonly RecordMetadata[]): void {
  const next = new Map(answer.map((one) => [placeOfAnswer(one), Number(one.baseOffset)]));
  for (const { record, partition, publication, slot } of outgoing) {
    const id = place(record.topic, partition);
    const offset = next.get(id) ?? 0;
    next.set(id, offset + 1);
    publication.acknowledge(slot, { topic: record.topic, partition, offset });
  }
}
