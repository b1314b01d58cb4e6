const FIRST_MS = 200;
const LONGEST_MS = 30_000;
/** The server's word is followed up to here. */
const LONGEST_RETRY_AFTER_MS = 600_000;

/**
 * How long to wait before attempt number `attempt` (from 1): exponential with full jitter, never shorter than half, and
 * never shorter than what the server asked for.
 */
export function backoffMs(attempt: number, askedMs = 0, random: () => number = Math.random): number {
  const ceiling = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(attempt - 1, 16));
  const own = ceiling / 2 + (random() * ceiling) / 2;
  return Math.max(own, Math.min(askedMs, LONGEST_RETRY_AFTER_MS));
}

/** A wait that does not keep the process alive and can be cut short. */
export class Pause {
  #end: (() => void) | undefined;

  wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#end?.(), ms).unref();
      this.#end = () => {
        clearTimeout(timer);
        this.#end = undefined;
        resolve();
      };
    });
  }

  cut(): void {
    this.#end?.();
  }
}
