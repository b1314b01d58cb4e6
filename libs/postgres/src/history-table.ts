import type { RowKey } from '@runledger/contracts';
import { type Column, type ColumnType, selectTime } from './columns';

export type Raw = Readonly<Record<string, unknown>>;

/** A table with a history: which columns hold its key and its value, and how a value is read back. */
export type HistoryTable<V> = Readonly<{
  table: string;
  id: string;
  /** Column of the key's name, where there are several such rows of one id. */
  name: string | null;
  /** Finds a row `t` for a key `k` by name, in the words of the index. */
  sameName: string;
  columns: ReadonlyArray<Column<V>>;
  /** Columns that follow from the key. */
  keyed: ReadonlyArray<Column<RowKey>>;
  /** Select list of the value's columns of `t`. */
  select: string;
  read(raw: Raw): V;
}>;

export const column = <V>(column: string, type: ColumnType, write: (value: V) => unknown): Column<V> => ({
  column,
  type,
  write,
});
const selectList = <V>(columns: ReadonlyArray<Column<V>>): string =>
  columns.map((c) => (c.type === 'timestamptz' ? selectTime(`t.${c.column}`, c.column) : `t.${c.column}`)).join(', ');

export function defineHistoryTable<V>(
  spec: Omit<HistoryTable<V>, 'sameName' | 'select' | 'keyed'> & Partial<Pick<HistoryTable<V>, 'sameName' | 'keyed'>>,
): HistoryTable<V> {
  const sameName = spec.sameName ?? (spec.name === null ? 'true' : `t.${spec.name} = k.name`);
  return { keyed: [], ...spec, sameName, select: selectList(spec.columns) };
}
