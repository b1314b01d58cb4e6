import { setTimeout as sleep } from 'node:timers/promises';

export type Rounds = Readonly<{
  /** What is done over and over. */
  round: () => Promise<unknown>;
  /** Rest after a round, ms; also after one that failed. A function is asked after each. */
  everyMs: number | (() => number);
  /** Rest before the first round, ms. Default 0: it begins at once. */
  firstMs?: number;
  /** Hears of each round that failed, unless the loop is being stopped. The next one tries again. */
  failed: (error: unknown) => void;
}>;

/** Work that a process does behind everything else, one round after the other, until it is stopped. */
export class BackgroundLoop {
  readonly #stopping = new AbortController();
  #running: Promise<void> = Promise.resolve();

  constructor(private readonly rounds: Rounds) {}

  /** Aborted by `stop`: what a round does for long minds it. */
  get signal(): AbortSignal {
    return this.#stopping.signal;
  }

  start(): void {
    this.#running = this.#run();
  }

  /** Resolves once the round that is under way has ended. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  /** Resolves after so many ms, or as soon as the loop is stopped. */
  async rest(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.signal }).catch(() => undefined);
  }

  async #run(): Promise<void> {
    const { round, everyMs, firstMs = 0, failed } = this.rounds;
    if (firstMs > 0) await this.rest(firstMs);
    while (!this.signal.aborted) {
      await round().catch((error: unknown) => {
        if (!this.signal.aborted) failed(error);
      });
      await this.rest(typeof everyMs === 'number' ? everyMs : everyMs());
    }
  }
}
