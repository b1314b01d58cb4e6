import type { Decided } from '@runledger/contracts';
import { type Column, pgTime, readNumber } from './columns';
import { column, type Raw } from './history-table';

/** What every row of the catalog has. */
export const decidedColumns = <V extends Decided>(): Array<Column<V>> => [
  column('created_at', 'timestamptz', (r) => pgTime(r.createdAt)),
  column('created_seq', 'int8', (r) => r.createdSeq),
  column('seq', 'int8', (r) => r.seq),
];
export const readDecided = (raw: Raw): Decided => ({
  createdAt: readNumber(raw['created_at']),
  createdSeq: Number(raw['created_seq']),
  seq: Number(raw['seq']),
});
