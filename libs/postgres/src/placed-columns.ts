import type { Mark, Place } from '@runledger/contracts';
import { type Column, pgTime } from './columns';

/** Where something lies in the log, in columns that begin with `prefix`. */
export const marked = <R>(prefix: string, of: (row: R) => Mark): Array<Column<R>> => [
  { column: `${prefix}off`, type: 'int8', write: (r) => of(r).offset },
  { column: `${prefix}ord`, type: 'int8', write: (r) => of(r).ordinal },
  { column: `${prefix}time`, type: 'timestamptz', write: (r) => pgTime(of(r).time) },
];
/** And by whom. */
export const placed = <R>(prefix: string, of: (row: R) => Place): Array<Column<R>> => [
  ...marked(prefix, of),
  { column: `${prefix}actor`, type: 'text', write: (r) => of(r).actor },
];
