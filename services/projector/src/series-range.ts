import { createHash } from 'node:crypto';
import { type MetricBatch, type Recorded, readAttributes, readMetricBatch } from '@runledger/contracts';
import { type Fault, isFault, uuidv7 } from '@runledger/kernel';
import type { MetricRange, ReceiptGain } from '@runledger/postgres';
import type { EntityManager } from 'typeorm';
import { PROJECTION_VERSIONS } from './projection-versions';
import type { BatchNumbers } from './series-names';
import type { NumberedBatch } from './series-points';

/** A record of the metrics topic that could be read. */
export type ReadBatch = Readonly<{
  offset: number;
  /** The log's, ms since 1970. */
  time: number;
  workspace: string;
  actor: string;
  batch: MetricBatch;
  bytes: Uint8Array;
}>;
/** One that never can be: it goes to the dead-letter topic, with the reason. */
export type DeadRecord = Readonly<{ record: Recorded; reason: Fault }>;

/** Where records go that can never be applied: first into the log's dead-letter topic, then, with the offset, into a table. */
export interface DeadLetters {
  publish(step: string, dead: readonly DeadRecord[]): Promise<void>;
  record(tx: EntityManager, step: string, dead: readonly DeadRecord[]): Promise<void>;
}

/** Records that can never be read are set aside; anything but an invalid record is thrown. */
export function readRecords(records: readonly Recorded[]): { batches: ReadBatch[]; dead: DeadRecord[] } {
  const batches: ReadBatch[] = [];
  const dead: DeadRecord[] = [];
  for (const record of records) {
    try {
      const { offset, appended: time, value: bytes } = record;
      const { workspace, actor } = readAttributes(record);
      batches.push({ offset, time, workspace, actor, batch: readMetricBatch(bytes), bytes });
    } catch (error) {
      if (!isFault(error) || error.kind !== 'invalid') throw error;
      dead.push({ record, reason: error });
    }
  }
  return { batches, dead };
}

/** A batch whose points are stored, with what the log says of it. */
export type KeptBatch = NumberedBatch & Readonly<Pick<ReadBatch, 'workspace' | 'time'>>;
export type Kept = Readonly<{ batches: KeptBatch[]; gains: ReceiptGain[]; digest: string; rowCount: number }>;

/** Numbers beside the batches they belong to, without those whose offset is dropped. */
export function keepBatches(
  batches: readonly ReadBatch[],
  numbers: readonly BatchNumbers[],
  dropped: ReadonlySet<number>,
): Kept {
  const kept: KeptBatch[] = [];
  const gains: ReceiptGain[] = [];
  const hash = createHash('sha256');
  let rowCount = 0;
  for (const [i, { offset, batch, bytes, workspace, time }] of batches.entries()) {
    const { series, writer, keys } = numbers[i] as BatchNumbers;
    if (dropped.has(offset)) continue;
    kept.push({ offset, series, writer: writer?.number ?? 0, keys, batch, workspace, time });
    hash.update(bytes);
    rowCount += batch.values.length;
    if (writer !== null && batch.sequence !== undefined)
      gains.push({ writer: writer.number, from: batch.sequence, to: batch.sequence + 1, points: batch.values.length });
  }
  return { batches: kept, gains, digest: hash.digest('hex'), rowCount };
}

/** Offsets of batches whose (writer, sequence) is stored already, or comes twice in this range: they have no second effect. */
export function findRepeats(batches: readonly ReadBatch[], numbers: readonly BatchNumbers[]): number[] {
  const seen = new Set<string>();
  const repeats: number[] = [];
  for (const [i, { offset, batch }] of batches.entries()) {
    const writer = (numbers[i] as BatchNumbers).writer;
    if (writer === null || batch.sequence === undefined) continue;
    const name = `${writer.number}/${batch.sequence}`;
    if (writer.stored.has(batch.sequence) || seen.has(name)) repeats.push(offset);
    seen.add(name);
  }
  return repeats;
}

/** The range row of a batch of records. */
export function describeRange(
  partition: number,
  records: readonly Recorded[],
  kept: Kept,
  dropped: readonly number[],
): MetricRange {
  return {
    partition,
    first: (records[0] as Recorded).offset,
    last: (records.at(-1) as Recorded).offset,
    dropped,
    rowCount: kept.rowCount,
    digest: kept.digest,
    projectionVersion: PROJECTION_VERSIONS.series,
    queryId: `range-${uuidv7()}`,
  };
}
