import { setTimeout as sleep } from 'node:timers/promises';
import { Fault, type Logger } from '@runledger/kernel';
import { type Admin, Kafka, type LogEntry, logLevel, type RetryOptions } from 'kafkajs';
import { full, tooLarge, unavailable } from '../log-fault';

export type KafkaPlace = Readonly<{ brokers: readonly string[]; clientId: string; logger: Logger }>;

/** A leader election or a restarted connection is ridden out; a broker that is away is told of within a second or so. */
export const QUICK_RETRY: RetryOptions = { initialRetryTime: 100, multiplier: 2, maxRetryTime: 1_000, retries: 3 };
/** A consumer has nobody waiting for its answer. */
export const PATIENT_RETRY: RetryOptions = { initialRetryTime: 100, multiplier: 2, maxRetryTime: 2_000, retries: 8 };

export function kafkaClient({ brokers, clientId, logger }: KafkaPlace): Kafka {
  return new Kafka({
    clientId,
    brokers: [...brokers],
    connectionTimeout: 2_000,
    requestTimeout: 5_000,
    retry: QUICK_RETRY,
    logLevel: logLevel.WARN,
    // What matters of it comes back as an error, and is told there.
    logCreator:
      () =>
      ({ namespace, log }: LogEntry) =>
        logger.debug({ namespace, error: log['error'] as unknown }, log.message),
  });
}

/** The protocol's name of what went wrong, wherever kafkajs has wrapped it. */
function errorType(error: unknown): string | undefined {
  for (let at = error, i = 0; typeof at === 'object' && at !== null && i < 10; i++) {
    const { type, cause } = at as { type?: unknown; cause?: unknown };
    if (typeof type === 'string') return type;
    at = cause;
  }
  return undefined;
}

/** What a failure of Kafka is to a caller of the log. */
export function faultOf(error: unknown): Fault {
  if (error instanceof Fault) return error;
  const type = errorType(error);
  if (type === 'MESSAGE_TOO_LARGE' || type === 'RECORD_LIST_TOO_LARGE') return tooLarge(undefined, error);
  if (type === 'KAFKA_STORAGE_ERROR') return full(error);
  return unavailable(error);
}

const ATTEMPTS = 8;

/** Questions to the cluster. After a failure the next one goes through a new connection. */
export class ClusterAdmin {
  readonly #kafka: Kafka;
  #admin: Promise<Admin> | undefined;

  constructor(kafka: Kafka) {
    this.#kafka = kafka;
  }

  /** Again when the connection had died unnoticed, and for a while when the cluster says that it will know soon. */
  async ask<T>(question: (admin: Admin) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#once(question);
      } catch (error) {
        if (attempt === ATTEMPTS || (attempt > 1 && errorType(error) === undefined)) throw faultOf(error);
        await sleep(100 * attempt);
      }
    }
  }

  async close(): Promise<void> {
    const admin = this.#admin;
    this.#admin = undefined;
    await (await admin?.catch(() => undefined))?.disconnect();
  }

  async #once<T>(question: (admin: Admin) => Promise<T>): Promise<T> {
    this.#admin ??= this.#connect();
    const current = this.#admin;
    try {
      return await question(await current);
    } catch (error) {
      if (this.#admin === current) await this.close().catch(() => undefined);
      throw error;
    }
  }

  async #connect(): Promise<Admin> {
    const admin = this.#kafka.admin({ retry: QUICK_RETRY });
    await admin.connect();
    return admin;
  }
}
