import { setTimeout as sleep } from 'node:timers/promises';
import { isFault, type Logger } from '@runledger/kernel';
import { markDelivered, markFailed, undelivered } from '@runledger/postgres';
import type { DataSource } from 'typeorm';
import type { CheckpointSink } from './checkpoint-sink';

type SenderDeps = Readonly<{ source: DataSource; logger: Logger; sink: CheckpointSink; awayMs?: number | undefined }>;

const EVERY_MS = 1_000;
/** A sink that is away is asked again after so long. */
const AWAY_MS = 10_000;
const AWAY = 'a checkpoint did not reach its sink; it is tried again';

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
    const { logger, sink, awayMs = AWAY_MS } = this.deps;
    while (!signal.aborted) {
      const sent = await this.#send().catch((error: unknown) => {
        logger.warn({ err: error, sink: sink.name }, AWAY);
        return false;
      });
      await sleep(sent ? EVERY_MS : awayMs, undefined, { signal }).catch(() => undefined);
    }
  }

  /** Whether the sink took all. What one log's checkpoint is refused for keeps no other log's from it. */
  async #send(): Promise<boolean> {
    const { source, sink, logger } = this.deps;
    let taken = true;
    for (const checkpoint of await undelivered(source, sink.name)) {
      if (this.#stopping.signal.aborted) return true;
      try {
        await sink.deliver(checkpoint);
        await markDelivered(source, sink, checkpoint);
      } catch (error) {
        taken = false;
        logger.warn({ err: error, sink: sink.name }, AWAY);
        await markFailed(source, sink, checkpoint.workspace, isFault(error) ? error.code : 'NOTARY_SINK_AWAY');
      }
    }
    return taken;
  }
}
