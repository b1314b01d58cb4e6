import type { Recorded } from '@runledger/contracts';
import type { Fault } from '@runledger/kernel';
import type { Batch } from '../log';
import { closed } from '../log-fault';

/** One batch at a time passes from a consumer that pushes to a reader that pulls. */
class HandOver {
  #batch: { records: readonly Recorded[]; taken: () => void } | undefined;
  #onBatch: (() => void) | undefined;
  #end: Fault | undefined;

  give({ records }: Batch): Promise<void> {
    if (this.#end !== undefined) return Promise.resolve();
    return new Promise((taken) => {
      this.#batch = { records, taken };
      this.#onBatch?.();
    });
  }

  /** @throws whatever it was ended with */
  async take(): Promise<readonly Recorded[]> {
    if (this.#batch === undefined && this.#end === undefined)
      await new Promise<void>((given) => {
        this.#onBatch = given;
      });
    if (this.#end !== undefined) throw this.#end;
    const batch = this.#batch;
    this.#batch = undefined;
    batch?.taken();
    return batch?.records ?? [];
  }

  end(why: Fault): void {
    this.#end = why;
    this.#batch?.taken();
    this.#onBatch?.();
  }
}

/** A read that is under way. */
export type Reading = { next: number; readonly handOver: HandOver };

/**
 * A partition in the hands of a member that has all of them, and reads one after another for whoever asks. Where nobody does, the
 * partition rests before it has begun: the group waits for an answer where to begin.
 */
export class PartitionReader {
  #reading: Reading | undefined;
  #onReading: (() => void) | undefined;

  get isFree(): boolean {
    return this.#reading === undefined;
  }

  /** Where to begin: once somebody reads. Rejects when the group takes the partition back before. */
  async begin(over: AbortSignal): Promise<number> {
    if (this.#reading === undefined)
      await new Promise<void>((begun, reject) => {
        this.#onReading = begun;
        over.addEventListener('abort', () => reject(closed()), { once: true });
      });
    return this.#reading?.next ?? 0;
  }

  async take(batch: Batch): Promise<void> {
    await this.#reading?.handOver.give(batch);
  }

  /** It is the reader's from here on, until he gives it back. */
  claim(from: number): Reading {
    this.#reading = { next: from, handOver: new HandOver() };
    this.#onReading?.();
    return this.#reading;
  }

  giveBack({ handOver }: Reading): void {
    this.#reading = undefined;
    handOver.end(closed());
  }

  /** Whoever reads, and is not beyond the first offset that the log has now, is told so. */
  dropped(first: number, why: (offset: number) => Fault): void {
    const next = this.#reading?.next ?? first;
    if (next < first) this.end(why(next));
  }

  /** Whoever reads is told why nothing comes any more. */
  end(why: Fault): void {
    this.#reading?.handOver.end(why);
  }
}

/** Records up to and without `end`, which the partition has reached. @throws Fault unavailable BUS_UNAVAILABLE */
export async function* recordsOf(reading: Reading, end: number): AsyncGenerator<readonly Recorded[]> {
  while (reading.next < end) {
    const records = await reading.handOver.take();
    const wanted = records.filter(({ offset }) => offset >= reading.next && offset < end);
    reading.next = Math.max(reading.next, (records.at(-1)?.offset ?? -1) + 1);
    if (wanted.length > 0) yield wanted;
  }
}
