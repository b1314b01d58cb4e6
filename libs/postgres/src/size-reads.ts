import type { DataSource } from 'typeorm';

/** With its indexes and what lies beside it; `rows` is the store's own estimate. */
export type TableSize = Readonly<{ name: string; bytes: number; rows: number }>;
/** Of one workspace. `files` and `bytes` are of current artifacts, each content once. */
export type WorkspaceSize = Readonly<{ runs: number; points: number; files: number; bytes: number }>;

/** Partitions count as the table that they are of. */
const TABLES = `
  select format('%s.%s', n.nspname, t.relname) as name, sum(pg_total_relation_size(p.oid)) as bytes,
    sum(greatest(p.reltuples, 0))::bigint as rows
  from pg_class p join pg_class t on t.oid = coalesce(pg_partition_root(p.oid), p.oid)
    join pg_namespace n on n.oid = t.relnamespace
  where p.relkind in ('r', 'm') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
  group by n.nspname, t.relname
  order by bytes desc, name`;

const WORKSPACE = `
  select
    (select count(*) from read.run where workspace = $1) as runs,
    (select coalesce(sum(points), 0) from custody.writer_receipt where workspace = $1) as points,
    count(*) as files, coalesce(sum(size), 0) as bytes
  from (select distinct digest, size from read.run_artifact where workspace = $1 and to_off is null) as stored`;

/** How much is stored. */
export const createSizeReads = (source: DataSource) => ({
  /** The largest first. */
  async tables(): Promise<TableSize[]> {
    const rows: Array<{ name: string; bytes: string; rows: string }> = await source.query(TABLES);
    return rows.map(({ name, bytes, rows: many }) => ({ name, bytes: Number(bytes), rows: Number(many) }));
  },

  async workspace(workspace: string): Promise<WorkspaceSize> {
    const [found]: Array<Record<keyof WorkspaceSize, string>> = await source.query(WORKSPACE, [workspace]);
    const of = (what: keyof WorkspaceSize): number => Number(found?.[what] ?? 0);
    return { runs: of('runs'), points: of('points'), files: of('files'), bytes: of('bytes') };
  },
});
export type SizeReads = ReturnType<typeof createSizeReads>;
