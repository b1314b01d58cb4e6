import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '@runledger/kernel';
import { carryOutAll, type Erasing, takeOverStones } from './carry-out';
import { type Removing, removeArtifacts } from './remove-artifacts';

const PAUSE_MS = 10_000;

/**
 * Carries out erasures that were decided: at once where they are decided in this process, within seconds elsewhere. One whose process was killed is
 * finished by any other, and at the next start.
 */
export class Eraser {
  readonly #stopping = new AbortController();
  #work: Promise<void> = Promise.resolve();
  #looping: Promise<void> = Promise.resolve();

  constructor(
    private readonly erasing: Erasing,
    private readonly removing: Removing,
    private readonly logger: Logger,
  ) {}

  /** Resolves once everything that was ever decided holds here: keys that came back from a backup are gone again. */
  async start(): Promise<void> {
    await takeOverStones(this.erasing);
    await this.#carryOut('all');
    this.#looping = this.#loop();
  }

  /** Resolves once all that is decided by now is carried out. */
  async hurry(): Promise<void> {
    const work = this.#work.then(() => this.#carryOut('open'));
    this.#work = work.catch(() => undefined);
    await work;
  }

  async #carryOut(which: 'all' | 'open'): Promise<void> {
    await carryOutAll(this.erasing, which);
    await removeArtifacts(this.removing, which);
  }

  async #loop(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      await sleep(PAUSE_MS, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      await this.hurry().catch((err: unknown) =>
        this.logger.error({ err }, 'an erasure could not be carried out; it is tried again'),
      );
    }
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.all([this.#looping, this.#work]);
  }
}
