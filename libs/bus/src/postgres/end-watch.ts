import { setTimeout as sleep } from 'node:timers/promises';
import type { Position } from '@runledger/contracts';
import type { Logger } from '@runledger/kernel';

type Waiter = Readonly<{ at: number; wake: () => void }>;
type Place = Readonly<{ topic: string; partition: number }>;
type Options = Readonly<{ pollMs: number; logger: Logger; ends: () => Promise<Position[]> }>;

const idOf = ({ topic, partition }: Place): string => `${topic}/${partition}`;

/**
 * How far each partition reaches, as told by notifications, by our own commits, and by a slow poll in case one was
 * missed. Whoever has consumed everything waits here, without asking Postgres.
 */
export class EndWatch {
  readonly #options: Options;
  readonly #ends = new Map<string, number>();
  readonly #waiting = new Map<string, Set<Waiter>>();
  readonly #stopped = new AbortController();
  #running: Promise<void> | undefined;

  constructor(options: Options) {
    this.#options = options;
  }

  start(): void {
    this.#running ??= this.#poll();
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#running;
  }

  /** Ends only ever grow. */
  moved(place: Place, end: number): void {
    const id = idOf(place);
    if (end <= (this.#ends.get(id) ?? -1)) return;
    this.#ends.set(id, end);
    for (const waiter of this.#waiting.get(id) ?? []) if (waiter.at < end) waiter.wake();
  }

  /** `topic/partition/end` of each partition that moved, as the insert notifies. */
  heard(payload: string): void {
    for (const one of payload.split(' ')) {
      const [topic = '', partition, end] = one.split('/');
      this.moved({ topic, partition: Number(partition) }, Number(end));
    }
  }

  /** Whether the partition is known to reach beyond `at`. */
  isBeyond(place: Place, at: number): boolean {
    return (this.#ends.get(idOf(place)) ?? 0) > at;
  }

  /** Resolves once the partition reaches beyond `at`, or the signal comes. */
  async beyond(place: Place, at: number, signal: AbortSignal): Promise<void> {
    const id = idOf(place);
    if (this.isBeyond(place, at) || signal.aborted) return;
    const waiters = this.#waiting.get(id) ?? new Set<Waiter>();
    this.#waiting.set(id, waiters);
    await new Promise<void>((wake) => {
      const waiter: Waiter = {
        at,
        wake: () => {
          waiters.delete(waiter);
          signal.removeEventListener('abort', waiter.wake);
          wake();
        },
      };
      waiters.add(waiter);
      signal.addEventListener('abort', waiter.wake);
    });
  }

  /** Asks Postgres now. */
  async look(): Promise<void> {
    try {
      for (const end of await this.#options.ends()) this.moved(end, end.offset);
    } catch (error) {
      this.#options.logger.debug({ err: error }, 'the ends of the log cannot be read');
    }
  }

  async #poll(): Promise<void> {
    const { signal } = this.#stopped;
    while (!signal.aborted) {
      await this.look();
      await sleep(this.#options.pollMs, undefined, { signal }).catch(() => undefined);
    }
  }
}
