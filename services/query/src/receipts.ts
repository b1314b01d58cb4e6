import type { SequenceRange, WriterReceipt } from '@runledger/postgres';

/** What a client can check its own count against. */
export type Receipt = Readonly<{
  topic: string;
  writer: string;
  /** Batches and points that the writer said it had sent; null until it has closed. */
  sent: number | null;
  sentPoints: number | null;
  /** Batches, and points, that are stored. */
  stored: number;
  points: number;
  /** Batches that are known to be sent and are not stored: of a closed writer all of them, before that inner gaps. */
  missing: number;
  /** The first of the gaps. */
  gaps: readonly SequenceRange[];
}>;

const MOST_GAPS = 100;

/** What lies between ranges, from 0 to before `end`. */
function gapsOf(stored: readonly SequenceRange[], end: number): SequenceRange[] {
  const gaps: SequenceRange[] = [];
  let next = 0;
  for (const { first, last } of stored) {
    if (first > next) gaps.push({ first: next, last: Math.min(first, end) - 1 });
    next = last + 1;
    if (next >= end) break;
  }
  if (next < end) gaps.push({ first: next, last: end - 1 });
  return gaps.filter(({ first, last }) => last >= first);
}

const lengthOf = (ranges: readonly SequenceRange[]): number =>
  ranges.reduce((sum, { first, last }) => sum + last - first + 1, 0);

/** Sequences are gapless from 0, so that what a receipt lacks below its end was sent and is missing. */
export function receiptOf({ topic, writer, stored, points, closed }: WriterReceipt): Receipt {
  const end = closed?.batches ?? (stored.at(-1)?.last ?? -1) + 1;
  const gaps = gapsOf(stored, end);
  return {
    topic,
    writer,
    sent: closed?.batches ?? null,
    sentPoints: closed?.points ?? null,
    stored: lengthOf(stored),
    points: points ?? 0,
    missing: lengthOf(gaps),
    gaps: gaps.slice(0, MOST_GAPS),
  };
}
