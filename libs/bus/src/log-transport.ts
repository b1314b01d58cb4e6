import { Catch, type RpcExceptionFilter } from '@nestjs/common';
import { type CustomTransportStrategy, Server } from '@nestjs/microservices';
import { Fault } from '@runledger/kernel';
import { isObservable, lastValueFrom, type Observable, throwError } from 'rxjs';
import type { Batch, Consumer, Consumption, Log } from './log';

export type LogTransportOptions = Readonly<{ log: Log }> & Omit<Consumer, 'onBatch'>;

/**
 * Nest's own filter would log an error of a handler, and hand out "Internal server error" in its place. With this one
 * (`@UseFilters` on the controller) the log gets the error itself.
 */
@Catch()
export class RethrowFilter implements RpcExceptionFilter {
  catch(error: unknown): Observable<never> {
    return throwError(() => error);
  }
}

/**
 * Brings the log to the `@EventPattern(topic)` methods of a Nest microservice: `method(batch: Batch)`. What a method
 * throws or rejects with makes the batch come again; the next one comes when its promise has resolved.
 */
export class LogTransport extends Server implements CustomTransportStrategy {
  readonly #log: Log;
  readonly #consumer: Omit<Consumer, 'onBatch'>;
  #consumption: Promise<Consumption> | undefined;

  constructor({ log, ...consumer }: LogTransportOptions) {
    super();
    this.#log = log;
    this.#consumer = consumer;
  }

  listen(callback: (error?: unknown) => void): void {
    this.#consumption = this.#consume();
    this.#consumption.then(() => callback(), callback);
  }

  /** Resolves when no handler runs any more. */
  async close(): Promise<void> {
    const consumption = await this.#consumption?.catch(() => undefined);
    await consumption?.stop();
  }

  override on(): never {
    throw new Fault('unsupported', 'BUS_NO_EVENTS', 'this transport tells nothing but batches');
  }

  override unwrap<T>(): T {
    return this.#log as T;
  }

  async #consume(): Promise<Consumption> {
    const without = this.#consumer.topics.filter((topic) => !this.getHandlerByPattern(topic));
    if (without.length > 0)
      throw new Fault('bug', 'BUS_NO_HANDLER', `no method has the event pattern ${without.join(', ')}`);
    return this.#log.consume({ ...this.#consumer, onBatch: (batch) => this.#onBatch(batch) });
  }

  /** Nest turns whatever a method throws into a stream that fails: it fails here only if somebody waits for its end. */
  async #onBatch(batch: Batch): Promise<void> {
    const answer: unknown = await this.getHandlerByPattern(batch.topic)?.(batch);
    if (!isObservable(answer)) return;
    try {
      await lastValueFrom(answer, { defaultValue: undefined });
    } catch (error) {
      throw error instanceof Error ? error : new Error('a handler failed; Nest has logged why', { cause: error });
    }
  }
}
