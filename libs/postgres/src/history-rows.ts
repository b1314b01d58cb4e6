import type { HistoryChange, Mark, Place, RowKey, Version } from '@runledger/contracts';
import { Fault } from '@runledger/kernel';
import type { EntityManager } from 'typeorm';
import { type Column, insertSql, pgTime, selectTime, unnested } from './columns';
import type { HistoryTable } from './history-table';

const KEY: ReadonlyArray<Column<RowKey>> = [
  { column: 'workspace', type: 'text', write: (k) => k.workspace },
  { column: 'id', type: 'text', write: (k) => k.id },
  { column: 'name', type: 'text', write: (k) => k.name },
];

const FROM: ReadonlyArray<Column<{ from: Mark }>> = [
  { column: 'from_off', type: 'int8', write: (c) => c.from.offset },
  { column: 'from_ord', type: 'int8', write: (c) => c.from.ordinal },
];

function placeColumns<R>(prefix: 'from' | 'to', of: (row: R) => Place | null): Array<Column<R>> {
  return [
    { column: `${prefix}_off`, type: 'int8', write: (r) => of(r)?.offset ?? null },
    { column: `${prefix}_ord`, type: 'int8', write: (r) => of(r)?.ordinal ?? null },
    { column: `${prefix}_time`, type: 'timestamptz', write: (r) => pgTime(of(r)?.time ?? null) },
    { column: `${prefix}_actor`, type: 'text', write: (r) => of(r)?.actor ?? null },
  ];
}

const sameName = <V>(table: HistoryTable<V>): string => (table.name === null ? 'true' : `t.${table.name} = k.name`);

/**
 * The current versions of the rows asked for; those that are not there are left out. Looked up one by one: without
 * statistics, which a new table has none of, the planner takes the current rows for few and would scan all of them.
 */
export async function loadCurrent<V>(
  tx: EntityManager,
  table: HistoryTable<V>,
  keys: readonly RowKey[],
): Promise<Array<Version<V>>> {
  if (keys.length === 0) return [];
  const { from, params } = unnested(keys, KEY, 'k');
  const rows: Array<Record<string, unknown>> = await tx.query(
    `select k.workspace as key_workspace, k.id as key_id, k.name as key_name, t.*
     from ${from} cross join lateral (
       select ${table.select}, t.from_off, t.from_ord, ${selectTime('t.from_time', 'from_time')}, t.from_actor
       from ${table.table} t
       where t.workspace = k.workspace and t.${table.id} = k.id and ${table.sameName} and t.to_off is null limit 1) t`,
    params,
  );
  return rows.map((raw) => ({
    workspace: raw['key_workspace'] as string,
    id: raw['key_id'] as string,
    name: raw['key_name'] as string,
    from: {
      offset: Number(raw['from_off']),
      ordinal: Number(raw['from_ord']),
      time: Number(raw['from_time']),
      actor: raw['from_actor'] as string,
    },
    to: null,
    value: table.read(raw),
  }));
}

/** Ends the versions that were current, then adds the new ones: two statements, however many rows. */
export async function writeHistory<V>(
  tx: EntityManager,
  table: HistoryTable<V>,
  change: HistoryChange<V>,
): Promise<void> {
  if (change.closed.length > 0) {
    const columns = [...KEY, ...FROM, ...placeColumns<{ to: Place }>('to', (c) => c.to)];
    const { from, params } = unnested(change.closed, columns, 'k');
    const [, ended] = await tx.query<[unknown, number]>(
      `update ${table.table} t set to_off = k.to_off, to_ord = k.to_ord, to_time = k.to_time, to_actor = k.to_actor
       from ${from} where t.workspace = k.workspace and t.${table.id} = k.id and ${sameName(table)}
         and t.from_off = k.from_off and t.from_ord = k.from_ord and t.to_off is null`,
      params,
    );
    if (ended !== change.closed.length)
      throw new Fault('bug', 'POSTGRES_LOST_VERSION', `${table.table} is not what was loaded in this transaction`, {
        context: { ended, expected: change.closed.length },
      });
  }
  if (change.opened.length === 0) return;
  const columns: Array<Column<Version<V>>> = [
    { column: 'workspace', type: 'text', write: (v) => v.workspace },
    { column: table.id, type: 'text', write: (v) => v.id },
    ...(table.name === null ? [] : [{ column: table.name, type: 'text', write: (v: Version<V>) => v.name } as const]),
    ...table.keyed,
    ...table.columns.map((c) => ({ column: c.column, type: c.type, write: (v: Version<V>) => c.write(v.value) })),
    ...placeColumns<Version<V>>('from', (v) => v.from),
    ...placeColumns<Version<V>>('to', (v) => v.to),
  ];
  await tx.query(...insertSql(table.table, change.opened, columns));
}
