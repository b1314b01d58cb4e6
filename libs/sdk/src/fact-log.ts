import { Fault } from '@runledger/kernel';
import { AgeTimer } from './age-timer';
import { eventsBody, type Fact } from './event-body';
import type { Totals } from './outbox';
import type { FrameKind } from './spool-frame';

const MAX_FACTS = 500;
/** Of JSON in one request, about. */
const MAX_CHARS = 1_000_000;
/** Of one fact: the door takes 8 MiB of UTF-8. */
const MAX_FACT_CHARS = 2_500_000;

export type FactLogOptions = Readonly<{
  run: string;
  writer: string;
  maxAgeMs: number;
  totals(): Totals;
  /** @throws Fault full */
  append(kind: FrameKind, payload: Buffer): void;
  failed(error: unknown): void;
}>;

/** Collects facts of one topic into batches, as the point log does with points. */
export class FactLog {
  readonly #options: FactLogOptions;
  readonly #timer: AgeTimer;
  #facts: Fact[] = [];
  #chars = 0;

  constructor(options: FactLogOptions) {
    this.#options = options;
    this.#timer = new AgeTimer(options.maxAgeMs, () => this.trySeal());
  }

  get pending(): number {
    return this.#facts.length;
  }

  /** @throws Fault full, too-large SDK_BAD_FACT; the fact was not taken then */
  push(fact: Fact): void {
    const chars = JSON.stringify(fact.data).length;
    if (chars > MAX_FACT_CHARS)
      throw new Fault('too-large', 'SDK_BAD_FACT', `${fact.type} of ${chars} characters is more than the door takes`);
    if (this.#facts.length >= MAX_FACTS || (this.#facts.length > 0 && this.#chars + chars > MAX_CHARS)) this.seal();
    this.#facts.push(fact);
    this.#chars += chars;
    this.#timer.arm();
  }

  /** @throws Fault full; the facts then stay where they are */
  seal(kind: FrameKind = 'batch', more: readonly Fact[] = []): void {
    const facts = [...this.#facts, ...more];
    if (facts.length === 0) return;
    const { run, writer, append, totals } = this.#options;
    append(kind, Buffer.from(eventsBody(facts, { run, writer, sequence: totals().batches })));
    this.#facts = [];
    this.#chars = 0;
    this.#timer.cancel();
  }

  trySeal(): void {
    try {
      this.seal();
    } catch (error) {
      this.#options.failed(error);
      this.#timer.arm();
    }
  }
}
