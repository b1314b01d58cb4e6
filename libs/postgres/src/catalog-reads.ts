import type { DataSource, EntityManager } from 'typeorm';
import { type AsOf, heldSql, recordedSql } from './as-of';
import { selectTime } from './columns';
import type { HistoryTable } from './history-table';

/** One version of a row of the catalog: what it held, since when and by whom, and until when; null: it holds now. */
export type CatalogRecord<V> = Readonly<{
  id: string;
  name: string;
  value: V;
  /** Log times of the decisions that began and ended it, ms since 1970. */
  since: number;
  until: number | null;
  actor: string;
}>;

/** Where rows are read from: the database, or a transaction. */
export type CatalogSource = Pick<DataSource | EntityManager, 'query'>;

/** What to read: conditions on `t` in SQL with parameters from $2 on ($1 is the workspace), an order, and how many. */
export type CatalogSelect = Readonly<{
  where: string;
  params: readonly unknown[];
  order: string;
  limit: number;
  /** Also versions that hold no more. */
  history?: boolean;
  asOf?: AsOf | undefined;
}>;

/** What ended it was seen by then. */
const isOver = (raw: Record<string, unknown>, cut: number | null): boolean =>
  raw['to_off'] !== null && (cut === null || Number(raw['to_off']) < cut);

/** Reads versions of one workspace. `where` and `order` are written by this lib, never by a client. */
export async function readCatalog<V>(
  source: CatalogSource,
  table: HistoryTable<V>,
  workspace: string,
  { where, params, order, limit, history = false, asOf }: CatalogSelect,
): Promise<Array<CatalogRecord<V>>> {
  const cut = asOf?.catalog ?? null;
  const rows: Array<Record<string, unknown>> = await source.query(
    `select t.${table.id} as key_id, ${table.name === null ? `''` : `t.${table.name}`} as key_name, ${table.select},
       ${selectTime('t.from_time', 'from_time')}, ${selectTime('t.to_time', 'to_time')}, t.to_off, t.from_actor
     from ${table.table} t
     where t.workspace = $1 and ${history ? recordedSql('t', cut) : heldSql('t', cut)} and (${where})
     order by ${order} limit ${Math.trunc(limit)}`,
    [workspace, ...params],
  );
  return rows.map((raw) => ({
    id: raw['key_id'] as string,
    name: raw['key_name'] as string,
    value: table.read(raw),
    since: Number(raw['from_time']),
    until: isOver(raw, cut) ? Number(raw['to_time']) : null,
    actor: raw['from_actor'] as string,
  }));
}
