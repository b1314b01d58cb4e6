import { TurnQueue } from '@runledger/kernel';

/** Bodies of so many bytes are handed on in one turn of the event loop. */
const TURN_BYTES = 64 * 1024;

type Waiting = Readonly<{ bytes: number; go: () => void }>;

/**
 * Hands bodies on, the tenants in turn, and few at a time: what is done with a body keeps the event loop busy, and whoever sends
 * many large ones would make everybody else wait for all of them.
 */
export class BodyTurns {
  readonly #queue = new TurnQueue<Waiting>();
  #scheduled = false;

  next(tenant: string, bytes: number): Promise<void> {
    return new Promise((go) => {
      this.#queue.push(tenant, { bytes, go });
      this.#schedule();
    });
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#run();
    });
  }

  #run(): void {
    let left = TURN_BYTES;
    for (let one = this.#queue.shift(); one !== undefined; one = left > 0 ? this.#queue.shift() : undefined) {
      left -= one.bytes;
      one.go();
    }
    if (this.#queue.size > 0) this.#schedule();
  }
}
