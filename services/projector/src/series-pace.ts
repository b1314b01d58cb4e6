import type { Batch } from '@runledger/bus';

/** Between two ranges of a partition while they are small: one range is one part, and parts cost merges. */
const LINGER_MS = 300;
/** Under load so many times as long, where the time goes into fewer and larger parts. */
const LOAD_LINGER = 6;
/** From so many bytes a second in one partition (some 80,000 points) larger parts are worth waiting for, */
const LOAD_BYTES_PER_SECOND = 900_000;
/** and from so many records, as where clients send points one by one: a part costs some 20 ms of processor time, however small. */
const LOAD_RECORDS_PER_SECOND = 100;
/** A batch of this many bytes has more behind it. */
const FULL_BYTES = 5_000_000;
/** Where somebody waits, a partition still rests twice as long as its last ranges took. */
const HURRIED_SHARE = 3;
/** Where nobody does, three times as long, but no longer than under load: ranges that take long, since stores or processors are busy, become fewer and larger. */
const CALM_SHARE = 4;
/** So many ranges must take long: one alone was held up, as the first after a start or by a stall of the disk, and what came meanwhile waits already. */
const SLOW_RANGES = 3;

const bytesOf = (batch: Batch): number => batch.records.reduce((sum, record) => sum + record.value.length, 0);

type Resting = Readonly<{ partition: number; nextOffset: number; until: number; hurriedUntil: number }>;

/** How long records gather behind a range before the next one is begun: less when somebody waits for them. */
export class SeriesPace {
  readonly #lastBegun = new Map<number, number>();
  /** What the last ranges of a partition took, in ms. */
  readonly #took = new Map<number, number[]>();
  /** The greatest offset that was waited for. */
  readonly #wanted = new Map<number, number>();
  readonly #wakers = new Map<number, () => void>();

  constructor(private readonly lingerMs = LINGER_MS) {}

  want(partition: number, offset: number): void {
    if (offset <= (this.#wanted.get(partition) ?? -1)) return;
    this.#wanted.set(partition, offset);
    this.#wakers.get(partition)?.();
  }

  /** Resolves when the range behind this one may begin. Times are performance.now(). */
  async rest(batch: Batch, begunAt: number, nextOffset: number): Promise<void> {
    const { partition } = batch;
    const gatheredMs = begunAt - (this.#lastBegun.get(partition) ?? begunAt - this.lingerMs);
    this.#lastBegun.set(partition, begunAt);
    const bytes = bytesOf(batch);
    if (bytes >= FULL_BYTES) return;
    const perSecond = 1_000 / Math.max(gatheredMs, this.lingerMs);
    const underLoadMs = LOAD_LINGER * this.lingerMs;
    const isLoad =
      bytes * perSecond >= LOAD_BYTES_PER_SECOND || batch.records.length * perSecond >= LOAD_RECORDS_PER_SECOND;
    const tookMs = this.#steadyMs(partition, performance.now() - begunAt);
    await this.#rest({
      partition,
      nextOffset,
      until: begunAt + (isLoad ? underLoadMs : Math.max(this.lingerMs, Math.min(CALM_SHARE * tookMs, underLoadMs))),
      hurriedUntil: begunAt + HURRIED_SHARE * tookMs,
    });
  }

  /** The least that one of the last ranges took: 0 before there are enough. */
  #steadyMs(partition: number, tookMs: number): number {
    const took = [...(this.#took.get(partition) ?? []), tookMs].slice(-SLOW_RANGES);
    this.#took.set(partition, took);
    return took.length < SLOW_RANGES ? 0 : Math.min(...took);
  }

  async #rest({ partition, nextOffset, until, hurriedUntil }: Resting): Promise<void> {
    for (;;) {
      const isWanted = (this.#wanted.get(partition) ?? -1) >= nextOffset;
      const left = (isWanted ? Math.min(until, hurriedUntil) : until) - performance.now();
      if (left <= 0) return;
      await new Promise<void>((wake) => {
        const timer = setTimeout(wake, left);
        this.#wakers.set(partition, () => {
          clearTimeout(timer);
          wake();
        });
      });
      this.#wakers.delete(partition);
    }
  }
}
