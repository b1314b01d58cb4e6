import { backoffMs, Pause } from './backoff';
import type { Verdict } from './door';
import type { LaneReader } from './lane-reader';
import type { LaneName } from './segments';
import type { Frame } from './spool-frame';

/** Slowest pace for what is held: somebody has to mend a key or an address first. */
const HELD_MS = 15_000;

export type SenderEvents = Readonly<{
  stored(lane: LaneName, frame: Frame, body: unknown): void;
  /** Must put the frame where it can be found again, or throw: then it is tried again. */
  refused(lane: LaneName, frame: Frame, verdict: Extract<Verdict, { kind: 'refused' }>): void;
  /** Neither; it will be tried again. */
  delayed(lane: LaneName, verdict: Extract<Verdict, { kind: 'again' | 'held' }>): void;
  /** A frame has its answer, and the spool knows. */
  settled(): void;
}>;

export type LaneSenderOptions = Readonly<{
  lane: LaneName;
  reader: LaneReader;
  /** False: not yet, something else must be settled first; whoever settles it wakes this lane. Default: always. */
  mayGo?(frame: Frame): boolean;
  /** One attempt; the same frame always makes the same bytes. */
  deliver(frame: Frame): Promise<Verdict>;
  events: SenderEvents;
}>;

/** Sends one lane's frames in order, one at a time, until each has its answer. */
export class LaneSender {
  readonly #options: LaneSenderOptions;
  readonly #pause = new Pause();
  #running: Promise<void> | undefined;
  #again = false;
  #stopped = false;
  #askedUntil = 0;

  constructor(options: LaneSenderOptions) {
    this.#options = options;
  }

  /** Something new can be read. Does not cut a pause. */
  wake(): void {
    if (this.#stopped) return;
    this.#again = true;
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
      if (this.#again) this.wake();
    });
  }

  /** Resolves when the lane has no more frames that may go now, each of them settled; or when it was stopped. */
  async drained(): Promise<void> {
    this.wake();
    while (this.#running !== undefined) await this.#running;
  }

  /** Tries again now, unless the server itself asked for time. */
  hurry(): void {
    if (Date.now() >= this.#askedUntil) this.#pause.cut();
  }

  async #run(): Promise<void> {
    while (this.#again && !this.#stopped) {
      this.#again = false;
      try {
        await this.#drain();
      } catch (error) {
        // Reading the spool failed, or setting a frame aside did. Nothing is acknowledged: wait, and begin again.
        this.#options.events.delayed(this.#options.lane, { kind: 'again', error: `the spool: ${String(error)}` });
        await this.#pause.wait(backoffMs(4));
        this.#again = !this.#stopped;
      }
    }
  }

  async #drain(): Promise<void> {
    const { reader, mayGo } = this.#options;
    for (let frame = await reader.next(); frame !== undefined && !this.#stopped; frame = await reader.next()) {
      if (mayGo?.(frame) === false) return;
      await this.#settle(frame);
    }
  }

  async #settle(frame: Frame): Promise<void> {
    const { deliver, events, lane, reader } = this.#options;
    for (let attempt = 1; !this.#stopped; attempt++) {
      const verdict = await deliver(frame);
      if (verdict.kind === 'stored' || verdict.kind === 'refused') {
        if (verdict.kind === 'stored') events.stored(lane, frame, verdict.body);
        else events.refused(lane, frame, verdict);
        reader.done(frame);
        events.settled();
        return;
      }
      events.delayed(lane, verdict);
      const asked = verdict.kind === 'held' ? HELD_MS : (verdict.afterMs ?? 0);
      if (verdict.kind === 'again') this.#askedUntil = Date.now() + asked;
      if (!this.#stopped) await this.#pause.wait(backoffMs(attempt, asked));
    }
  }

  /** Resolves when no attempt is under way any more. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#pause.cut();
    await this.#running;
  }
}
