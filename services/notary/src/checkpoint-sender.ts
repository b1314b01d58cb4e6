import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '@runledger/kernel';
import { markDelivered, undelivered } from '@runledger/postgres';
import type { DataSource } from 'typeorm';
import type { CheckpointSink } from './checkpoint-sink';

type SenderDeps = Readonly<{ source: DataSource; logger: Logger; sink: CheckpointSink; everyMs?: number }>;

const EVERY_MS = 1_000;
/** A sink that is away is asked again after so long. */
const AWAY_MS = 10_000;

/**
 * Brings the newest checkpoint of each log to one sink, at least once, after it was published. A sink that is away delays
 * nothing else, and gets the newest one when it is back. Several processes may do it: a sink minds no repeats.
 */
export class CheckpointSender {
  readonly #stopping = new AbortController();
  #running: Promise<void> = Promise.resolve();

  constructor(private readonly deps: SenderDeps) {}

  start(): void {
    this.#running = this.#run();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    const { logger, sink, everyMs = EVERY_MS } = this.deps;
    while (!signal.aborted) {
      const sent = await this.#send().catch((error: unknown) => {
        logger.warn({ err: error, sink: sink.name }, 'a checkpoint did not reach its sink; it is tried again');
        return false;
      });
      await sleep(sent ? everyMs : Math.max(everyMs, AWAY_MS), undefined, { signal }).catch(() => undefined);
    }
  }

  async #send(): Promise<true> {
    const { source, sink } = this.deps;
    for (const checkpoint of await undelivered(source, sink.name)) {
      if (this.#stopping.signal.aborted) return true;
      await sink.deliver(checkpoint);
      await markDelivered(source, sink.name, checkpoint);
    }
    return true;
  }
}
