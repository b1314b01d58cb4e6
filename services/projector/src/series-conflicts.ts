import { createHash } from 'node:crypto';
import { type ClickHouse, countMissingPoints } from '@runledger/clickhouse';
import { type ConflictRow, METRICS_LOGGED } from '@runledger/contracts';
import type { BatchNumbers } from './series-names';
import type { ReadBatch } from './series-range';

/** A batch that was dropped, since its (writer, sequence) is stored. */
export type Repeat = Readonly<{ read: ReadBatch; numbers: BatchNumbers }>;

/**
 * Repeats that hold points which the first batch of their sequence did not: they have no effect, and are kept as conflicts.
 * A lost answer makes most repeats, so that there are few of them, and each is compared with the points that are stored.
 */
export async function findConflicts(clickhouse: ClickHouse, repeats: readonly Repeat[]): Promise<ConflictRow[]> {
  const conflicts: ConflictRow[] = [];
  for (const { read, numbers } of repeats) {
    const { batch, bytes, workspace, offset, time, actor } = read;
    const missing = await countMissingPoints(clickhouse, {
      ...batch,
      series: numbers.series,
      writer: numbers.writer?.number ?? 0,
      keys: Uint32Array.from(batch.keyIndex, (index) => numbers.keys[index] as number),
    });
    if (missing === 0) continue;
    conflicts.push({
      workspace,
      run: batch.run,
      kind: 'sequence',
      name: METRICS_LOGGED,
      at: { offset, ordinal: 0, time, actor },
      item: 0,
      event: batch.id,
      digest: createHash('sha256').update(bytes).digest(),
      value: { writer: batch.writer, sequence: batch.sequence, points: batch.values.length, notStored: missing },
    });
  }
  return conflicts;
}
