import type { WriterSpan } from '@runledger/postgres';
import type { NumberedBatch } from './series-points';

/** A column of int64 as halves, low first: compared as they lie, since a BigInt a point would cost more than the rest. */
const halvesOf = (column: BigInt64Array): Int32Array =>
  new Int32Array(column.buffer, column.byteOffset, 2 * column.length);

function isLess(halves: Int32Array, a: number, b: number): boolean {
  const high = (halves[2 * a + 1] as number) - (halves[2 * b + 1] as number);
  return high === 0 ? (halves[2 * a] as number) >>> 0 < (halves[2 * b] as number) >>> 0 : high < 0;
}

function endsOf(column: BigInt64Array): { first: bigint; last: bigint } {
  const halves = halvesOf(column);
  let first = 0;
  let last = 0;
  for (let i = 1; i < column.length; i++) {
    if (isLess(halves, i, first)) first = i;
    else if (isLess(halves, last, i)) last = i;
  }
  return { first: column[first] as bigint, last: column[last] as bigint };
}

const least = (a: bigint, b: bigint): bigint => (a < b ? a : b);
const greatest = (a: bigint, b: bigint): bigint => (a > b ? a : b);

/** How far each writer of each run comes in these batches. */
export function spansOf(batches: readonly NumberedBatch[]): WriterSpan[] {
  const spans = new Map<string, WriterSpan>();
  for (const { series, writer, batch } of batches) {
    if (batch.values.length === 0) continue;
    const [steps, times] = [endsOf(batch.steps), endsOf(batch.times)];
    const name = `${series}/${writer}`;
    const before = spans.get(name);
    spans.set(name, {
      series,
      writer,
      firstStep: before === undefined ? steps.first : least(before.firstStep, steps.first),
      lastStep: before === undefined ? steps.last : greatest(before.lastStep, steps.last),
      firstTime: before === undefined ? times.first : least(before.firstTime, times.first),
      lastTime: before === undefined ? times.last : greatest(before.lastTime, times.last),
      points: (before?.points ?? 0) + batch.values.length,
    });
  }
  return [...spans.values()];
}
