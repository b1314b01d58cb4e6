import type { Batch, Log } from '@runledger/bus';
import {
  type ClickHouse,
  METRIC_POINT,
  type PointColumns,
  pointBlock,
  rangeIsStored,
  storedRows,
} from '@runledger/clickhouse';
import { type Recorded, TOPICS } from '@runledger/contracts';
import { Fault, failpoint, type Logger } from '@runledger/kernel';
import {
  finishRange,
  holdsLease,
  insertConflicts,
  type Lease,
  lockLease,
  lostLease,
  type MetricRange,
  type MetricSummary,
  mergeRunMetrics,
  mergeRunWriters,
  pendingRange,
  storeRange,
} from '@runledger/postgres';
import type { DataSource } from 'typeorm';
import { findConflicts, type Repeat } from './series-conflicts';
import { withoutRepeats } from './series-ends';
import { type BatchNumbers, SeriesNames } from './series-names';
import { buildPoints } from './series-points';
import {
  type DeadLetters,
  type DeadRecord,
  describeRange,
  findRepeats,
  type Kept,
  keepBatches,
  type ReadBatch,
  readRecords,
} from './series-range';
import { summarize } from './series-summaries';
import type { Thresholds } from './series-thresholds';
import { spansOf } from './series-writers';

export type SeriesDeps = Readonly<{
  log: Pick<Log, 'read'>;
  source: DataSource;
  clickhouse: ClickHouse;
  deadLetters: DeadLetters;
  logger: Logger;
  /** Looks for thresholds that are crossed; a shadow looks for none. */
  thresholds: Thresholds;
}>;

/** What a range comes to: what it stores, sums up, leaves out since it came before, and can never store. */
type Outcome = Kept &
  Readonly<{ summaries: readonly MetricSummary[]; repeats: readonly Repeat[]; dead: readonly DeadRecord[] }>;

const repeatsOf = (range: MetricRange, batches: readonly ReadBatch[], numbers: readonly BatchNumbers[]): Repeat[] => {
  const dropped = new Set(range.dropped);
  return batches.flatMap((read, i) =>
    dropped.has(read.offset) ? [{ read, numbers: numbers[i] as BatchNumbers }] : [],
  );
};

/** After this long between storing a range and inserting it, the lease is looked at once more: the process may have been stopped. */
const STALE_AFTER_MS = 500;

/**
 * One partition of the metrics topic while this process holds its lease: turns its records into ranges, each stored in
 * ClickHouse exactly once (design: range protocol).
 */
export class SeriesPartition {
  #lease: Lease;
  #names = new SeriesNames();
  private constructor(
    private readonly deps: SeriesDeps,
    lease: Lease,
  ) {
    this.#lease = lease;
  }

  /** Takes over under a new lease, and first finishes the range that an earlier holder left behind. */
  static async open(deps: SeriesDeps, lease: Lease): Promise<SeriesPartition> {
    const partition = new SeriesPartition(deps, lease);
    const range = await pendingRange(deps.source, lease.partition);
    if (range !== null) await partition.#settleRange(range);
    return partition;
  }

  get nextOffset(): number {
    return this.#lease.nextOffset;
  }

  /** Stores the batch's records that are not stored yet. After it has thrown, this object is done for: open a new one. */
  async store(batch: Batch): Promise<void> {
    const records = batch.records.filter((record) => record.offset >= this.#lease.nextOffset);
    if (records.length === 0) return;
    const { batches, dead } = readRecords(records);
    await this.deps.deadLetters.publish('series', dead);
    const { range, kept, repeats } = await this.#storeRange(records, batches, dead);
    const storedAt = performance.now();
    failpoint('range.after-stored');
    const { points, stretches } = buildPoints(range.partition, kept.batches);
    if (points.rows > 0) await this.#insert(range, points, storedAt);
    failpoint('range.after-insert');
    await this.#finish(range, { ...kept, summaries: summarize(points, stretches), repeats, dead });
  }

  /** Step 1. */
  async #storeRange(
    records: readonly Recorded[],
    batches: readonly ReadBatch[],
    dead: readonly DeadRecord[],
  ): Promise<{ range: MetricRange; kept: Kept; repeats: Repeat[] }> {
    return this.deps.source.transaction(async (tx) => {
      await lockLease(tx, this.#lease);
      const numbers = await this.#numbers(tx, batches);
      const dropped = [...findRepeats(batches, numbers), ...dead.map((d) => d.record.offset)];
      const kept = keepBatches(batches, numbers, new Set(dropped));
      const range = describeRange(this.#lease.partition, records, kept, dropped);
      failpoint('range.before-stored');
      await storeRange(tx, this.#lease, range);
      return { range, kept, repeats: repeatsOf(range, batches, numbers) };
    });
  }

  #numbers(tx: Parameters<SeriesNames['resolve']>[0], batches: readonly ReadBatch[]) {
    return this.#names.resolve(
      tx,
      batches.map(({ workspace, batch: { run, writer, keys } }) => ({ workspace, run, writer, keys })),
    );
  }

  /** Step 2. A rejected insert may still have stored its part: only the rows themselves tell. */
  async #insert(range: MetricRange, points: PointColumns, storedAt: number): Promise<void> {
    if (performance.now() - storedAt > STALE_AFTER_MS && !(await holdsLease(this.deps.source, this.#lease)))
      throw lostLease(this.#lease);
    try {
      await this.#insertPart(points, range);
    } catch (error) {
      await this.deps.clickhouse.settle(range.queryId);
      if (!(await rangeIsStored(this.deps.clickhouse, range))) throw error;
    }
  }

  #insertPart(points: PointColumns, range: MetricRange): Promise<void> {
    return this.deps.clickhouse.insertPart(METRIC_POINT, pointBlock(points), {
      queryId: range.queryId,
      unless: storedRows(range),
    });
  }

  /** Step 3. */
  async #finish(range: MetricRange, { batches, summaries, gains, repeats, dead }: Outcome): Promise<void> {
    const before = this.#lease;
    const ends = await withoutRepeats(this.deps, range, batches, summaries);
    const conflicts = await findConflicts(this.deps.clickhouse, repeats);
    this.#lease = await this.deps.source.transaction(async (tx) => {
      failpoint('range.before-offset');
      await this.deps.deadLetters.record(tx, 'series', dead);
      const moved = await finishRange(tx, before, range, gains);
      // Before the points count as summed up: what was recorded until then is what it goes on from.
      await this.deps.thresholds(tx, range.partition, batches);
      await mergeRunMetrics(tx, ends);
      await mergeRunWriters(tx, spansOf(batches));
      await insertConflicts(tx, conflicts);
      return moved;
    });
    this.#names.stored(gains);
  }

  async #settleRange(range: MetricRange): Promise<void> {
    const { log, clickhouse, logger } = this.deps;
    logger.info({ partition: range.partition, first: range.first, last: range.last }, 'settling a range');
    const records: Recorded[] = [];
    for await (const some of log.read(TOPICS.metrics.name, range.partition, range.first, range.last + 1))
      records.push(...some);
    const { batches, dead } = readRecords(records);
    const numbers = await this.deps.source.transaction((tx) => this.#numbers(tx, batches));
    const kept = keepBatches(batches, numbers, new Set(range.dropped));
    if (kept.digest !== range.digest || kept.rowCount !== range.rowCount)
      throw new Fault('bug', 'PROJECTOR_RANGE_CHANGED', 'the log gives other records for a stored range than before', {
        context: { partition: range.partition, first: range.first, last: range.last },
      });
    await clickhouse.settle(range.queryId);
    const { points, stretches } = buildPoints(range.partition, kept.batches);
    if (points.rows > 0 && !(await rangeIsStored(clickhouse, range))) await this.#insertPart(points, range);
    const repeats = repeatsOf(range, batches, numbers);
    await this.#finish(range, { ...kept, summaries: summarize(points, stretches), repeats, dead });
  }
}
