import { Fault } from '@runledger/kernel';
import type { Door } from './door';

/** What the server has of one writer in one topic, in batches. */
export type Receipt = Readonly<{
  writer: string;
  topic: string;
  /** Absent until the writer was closed. */
  sent: number | null;
  stored: number;
  /** Sent but not stored; of a writer that is not closed, gaps only. */
  missing: number;
  points: number;
}>;

export type ReceiptQuery = Readonly<{ run: string; writer?: string; position?: string | undefined; waitMs: number }>;

const numberOf = (value: unknown): number => (typeof value === 'number' ? value : Number(value ?? 0));

function readRow(row: unknown): Receipt {
  const { writer, topic, sent, stored, missing, points } = row as Record<string, unknown>;
  return {
    writer: String(writer),
    topic: String(topic),
    sent: sent === null || sent === undefined ? null : numberOf(sent),
    stored: numberOf(stored),
    missing: numberOf(missing),
    points: numberOf(points),
  };
}

/** @throws Fault unavailable SDK_NO_RECEIPT */
export async function readReceipt(door: Door, { run, writer, position, waitMs }: ReceiptQuery): Promise<Receipt[]> {
  const at = position === undefined ? '' : `&at-least=${encodeURIComponent(position)}`;
  const path = `runs/${encodeURIComponent(run)}/receipts?wait=${waitMs}${at}`;
  const verdict = await door.attempt({ method: 'GET', path, timeoutMs: waitMs + 10_000 });
  const { receipts } = (verdict.kind === 'stored' ? (verdict.body ?? {}) : {}) as { receipts?: unknown };
  if (!Array.isArray(receipts)) {
    const why = verdict.kind === 'stored' ? 'the answer has no receipts' : verdict.error;
    throw new Fault('unavailable', 'SDK_NO_RECEIPT', `the receipt of run ${run} cannot be read: ${why}`);
  }
  return receipts.map(readRow).filter((receipt) => writer === undefined || receipt.writer === writer);
}
