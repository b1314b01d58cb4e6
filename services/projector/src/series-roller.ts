import {
  type ClickHouse,
  createRoller,
  isDense,
  LONG_SERIES,
  type PairSize,
  type ToRoll,
  type Touched,
  wholeSeries,
} from '@runledger/clickhouse';
import { BackgroundLoop, type Logger } from '@runledger/kernel';
import { keepTables, moveRolledTo, NO_IDLE_LIMIT, rolledGeneration, rolledTo } from '@runledger/postgres';
import type { DataSource } from 'typeorm';

/** A bucket that is still being filled is recomputed each time: not too often. */
const INTERVAL_MS = 5_000;
/** Under load the roller rests so many times as long as it worked, or it would read most points twice; but no longer than this. */
const REST = 3;
const MOST_INTERVAL_MS = 60_000;
/** Pairs whose size is remembered. */
const REMEMBERED = 200_000;

export type RollerDeps = Readonly<{ source: DataSource; clickhouse: ClickHouse; logger: Logger; intervalMs?: number }>;

/** Points of one series and key, as far as is known, and whether its rollups exist. */
type Size = { -readonly [Name in Exclude<keyof PairSize, 'series' | 'key'>]: PairSize[Name] };

/**
 * Keeps the rollups of long series behind the points, partition by partition, for whichever partitions this process
 * holds. It never holds the projector up, and to run it twice does no harm.
 */
export class SeriesRoller {
  readonly #roller;
  readonly #sizes = new Map<string, Size>();
  /** By partition: up to where its points are stored. */
  readonly #storedTo = new Map<number, number>();
  /** Of the rollups that the sizes are known of. */
  #generation = -1;
  readonly #loop: BackgroundLoop;

  constructor(private readonly deps: RollerDeps) {
    const { clickhouse, intervalMs = INTERVAL_MS, logger } = deps;
    this.#roller = createRoller(clickhouse);
    let workedMs = 0;
    this.#loop = new BackgroundLoop({
      firstMs: intervalMs,
      everyMs: () => Math.min(Math.max(intervalMs, REST * workedMs), MOST_INTERVAL_MS),
      round: async () => {
        const begun = performance.now();
        await this.rollHeld().finally(() => {
          workedMs = performance.now() - begun;
        });
      },
      failed: (err) => logger.warn({ err }, 'rollups are behind; charts of long series are slower until they catch up'),
    });
  }

  start(): void {
    this.#loop.start();
  }

  stop(): Promise<void> {
    return this.#loop.stop();
  }

  stored(partition: number, nextOffset: number): void {
    this.#storedTo.set(partition, nextOffset);
  }

  revoked(partition: number): void {
    this.#storedTo.delete(partition);
  }

  /** Brings every partition held up to what is stored now. */
  async rollHeld(): Promise<void> {
    for (const [partition, to] of [...this.#storedTo]) {
      if (this.#loop.signal.aborted) return;
      // No rebuild puts other points in place meanwhile; what an earlier one left of the rollups is known afterwards.
      await this.deps.source.transaction(async (tx) => {
        await tx.query(NO_IDLE_LIMIT);
        await keepTables(tx);
        const generation = await rolledGeneration(tx);
        if (generation !== this.#generation) this.#sizes.clear();
        this.#generation = generation;
        await this.#rollPartition(partition, to);
      });
    }
  }

  async #rollPartition(partition: number, to: number): Promise<void> {
    const { source } = this.deps;
    const from = await rolledTo(source, partition);
    if (from >= to) return;
    const touched = await this.#roller.touched(partition, from, to);
    await this.#learn(touched);
    const stretches: ToRoll[] = [];
    for (const stretch of touched) {
      const size = this.#sizes.get(`${stretch.series}/${stretch.key}`) as Size;
      const isKept = size.rolled && (size.dense || !isDense(size));
      if (isKept) stretches.push({ ...stretch, dense: size.dense });
      else if (size.points >= LONG_SERIES) {
        // Its rollups are of a release that made no finest ones, it has become dense since, or it has none at all.
        // Finest buckets that a roller left behind when it was stopped would be out of date for ever.
        size.dense ||= isDense(size);
        size.rolled = true;
        stretches.push({ ...wholeSeries(stretch), dense: size.dense });
      }
    }
    try {
      await this.#roller.roll(stretches, to);
    } catch (error) {
      this.#sizes.clear(); // what was taken for rolled may not be
      throw error;
    }
    await moveRolledTo(source, partition, from, to);
  }

  /** Adds what came to the sizes that are known, and asks for those that are not. */
  async #learn(touched: readonly Touched[]): Promise<void> {
    if (this.#sizes.size > REMEMBERED) this.#sizes.clear();
    const unknown: Touched[] = [];
    for (const stretch of touched) {
      const size = this.#sizes.get(`${stretch.series}/${stretch.key}`);
      if (size === undefined) {
        unknown.push(stretch);
        continue;
      }
      size.points += stretch.rows;
      if (stretch.low < size.from) size.from = stretch.low;
      if (stretch.high > size.to) size.to = stretch.high;
    }
    for (const { series, key, ...size } of await this.#roller.sizes(unknown)) this.#sizes.set(`${series}/${key}`, size);
  }
}
