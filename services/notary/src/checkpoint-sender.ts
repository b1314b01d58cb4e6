import { BackgroundLoop, isFault, type Logger } from '@runledger/kernel';
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
  readonly #loop: BackgroundLoop;
  /** The sink took everything that there was. */
  #isThere = true;

  constructor(private readonly deps: SenderDeps) {
    const { logger, sink, awayMs = AWAY_MS } = deps;
    this.#loop = new BackgroundLoop({
      round: () => this.#send(),
      everyMs: () => (this.#isThere ? EVERY_MS : awayMs),
      failed: (err) => logger.warn({ err, sink: sink.name }, AWAY),
    });
  }

  start(): void {
    this.#loop.start();
  }

  stop(): Promise<void> {
    return this.#loop.stop();
  }

  /** What one log's checkpoint is refused for keeps no other log's from the sink. */
  async #send(): Promise<void> {
    const { source, sink, logger } = this.deps;
    this.#isThere = false;
    let taken = true;
    for (const checkpoint of await undelivered(source, sink.name)) {
      if (this.#loop.signal.aborted) return;
      try {
        await sink.deliver(checkpoint);
        await markDelivered(source, sink, checkpoint);
      } catch (error) {
        taken = false;
        logger.warn({ err: error, sink: sink.name }, AWAY);
        await markFailed(source, sink, checkpoint.workspace, isFault(error) ? error.code : 'NOTARY_SINK_AWAY');
      }
    }
    this.#isThere = taken;
  }
}
