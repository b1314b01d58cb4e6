import { Fault } from '@runledger/kernel';
import type { Door } from './door';

/** What the server has of one writer in one topic. */
export type Receipt = Readonly<{
  topic: 'runs' | 'metrics' | 'console';
  writer: string;
  /** Batches and points that the writer said it had sent; null until it has closed. */
  sent: number | null;
  sentPoints: number | null;
  /** Batches and points that are stored. */
  stored: number;
  points: number;
  /** Batches that are known to be sent and are not stored; of a writer that has not closed, inner gaps only. */
  missing: number;
  /** The first of the gaps, as sequences. */
  gaps: ReadonlyArray<Readonly<{ first: number; last: number }>>;
}>;
type Page = Readonly<{ receipts?: Receipt[]; nextPageToken?: string | null }>;

export type ReceiptQuery = Readonly<{
  run: string;
  writer: string;
  /** Read at this position or later. */
  position: string | undefined;
  waitMs: number;
}>;

/** @throws Fault unavailable SDK_NO_RECEIPT */
export async function readReceipt(door: Door, { run, writer, position, waitMs }: ReceiptQuery): Promise<Receipt[]> {
  const query = new URLSearchParams({ wait: String(waitMs), limit: '1000' });
  if (position !== undefined) query.set('at-least', position);
  const found: Receipt[] = [];
  for (;;) {
    const path = `runs/${encodeURIComponent(run)}/receipts?${query.toString()}`;
    const verdict = await door.attempt({ method: 'GET', path, timeoutMs: waitMs + 10_000 });
    const { receipts, nextPageToken } = (verdict.kind === 'stored' ? (verdict.body ?? {}) : {}) as Page;
    if (receipts === undefined) {
      const why = verdict.kind === 'stored' ? 'the answer has no receipts' : verdict.error;
      throw new Fault('unavailable', 'SDK_NO_RECEIPT', `the receipt of run ${run} cannot be read: ${why}`);
    }
    found.push(...receipts.filter((receipt) => receipt.writer === writer));
    if (typeof nextPageToken !== 'string') return found;
    query.set('page_token', nextPageToken);
  }
}
