import { askingTenant } from './asker';
import { TurnQueue } from './turn-queue';

/** Things that one at a time may use. Who waits for one waits in the line of the tenant whom the work is for. */
export class FairPool<T> {
  readonly #free: T[];
  readonly #waiting = new TurnQueue<(one: T) => void>();

  constructor(all: Iterable<T>) {
    this.#free = [...all];
  }

  /** How many wait for this tenant. */
  waitingOf(tenant: string): number {
    return this.#waiting.sizeOf(tenant);
  }

  /** Whoever takes gives back. */
  take(): Promise<T> {
    const one = this.#free.pop();
    if (one !== undefined) return Promise.resolve(one);
    return new Promise((got) => this.#waiting.push(askingTenant(), got));
  }

  giveBack(one: T): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free.push(one);
    else next(one);
  }

  async use<R>(work: (one: T) => Promise<R>): Promise<R> {
    const one = await this.take();
    try {
      return await work(one);
    } finally {
      this.giveBack(one);
    }
  }
}
