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

/** Not of bytes that went after they were named here, whoever it was whose they were when they went. */
const notGoneSince = (file: string): string => `
  not exists (select from custody.expired_artifact g where g.digest = ${file}.digest and g.gone_at >= ${file}.from_time)
  and not exists (select from custody.erased_artifact g where g.digest = ${file}.digest and g.gone_at >= ${file}.from_time)`;

/** Files whose bytes are there. What was erased counts for its run no more, also where the run has stored it again: that goes again. */
const THERE = `
  ${notGoneSince('a')}
  and not exists (select from custody.erased_artifact g
    where g.digest = a.digest and g.gone_at is not null and g.workspace = a.workspace and a.run = any (g.runs))`;

const WORKSPACE = `
  select
    (select count(*) from read.run where workspace = $1 and to_off is null) as runs,
    (select coalesce(sum(w.points), 0) from read.run_writer w join custody.series s on s.number = w.series
     where s.workspace = $1 and not exists (select from custody.expired_run x
       where x.workspace = s.workspace and x.run = s.run and x.what = 'points' and x.gone_at is not null)) as points,
    count(*) as files, coalesce(sum(size), 0) as bytes
  from (select distinct digest, size from read.run_artifact a where workspace = $1 and to_off is null and ${THERE}) as stored`;

/** Whatever is kept, in every version, of runs and of logged models: bytes stay when a path is stored again or taken away, until they expire or are erased. */
const KEPT = `
  with piece as (
    select coalesce(r.project, 'default') as project, a.digest, a.size
    from read.run_artifact a
      left join read.run r on r.workspace = a.workspace and r.run = a.run and r.to_off is null
    where a.workspace = $1 and ${THERE}
    union
    select coalesce(e.project, 'default'), f.digest, f.size
    from read.logged_model_file f
      left join read.logged_model m on m.workspace = f.workspace and m.logged_model = f.logged_model and m.to_off is null
      left join read.experiment e on e.workspace = m.workspace and e.experiment = m.experiment and e.to_off is null
    where f.workspace = $1 and ${notGoneSince('f')})
  select project, sum(size) as bytes, null as digests from piece group by project
  union all
  select null, coalesce(sum(size), 0), (select array_agg(distinct digest) from piece where digest = any ($2))
  from (select distinct digest, size from piece) as content`;

/** Bytes of artifacts that are kept, each content once: in all, and in each project. */
export type KeptSize = Readonly<{
  workspace: number;
  projects: ReadonlyMap<string, number>;
  /** Those of the digests that were asked for which are among it. */
  counted: ReadonlySet<string>;
}>;

/** How much is stored. */
export const createSizeReads = (source: DataSource) => ({
  /** The largest first. */
  async tables(): Promise<TableSize[]> {
    const rows: Array<{ name: string; bytes: string; rows: string }> = await source.query(TABLES);
    return rows.map(({ name, bytes, rows: many }) => ({ name, bytes: Number(bytes), rows: Number(many) }));
  },

  async kept(workspace: string, digests: readonly string[]): Promise<KeptSize> {
    const rows: Array<{ project: string | null; bytes: string; digests: string[] | null }> = await source.query(KEPT, [
      workspace,
      digests,
    ]);
    const all = rows.find(({ project }) => project === null);
    return {
      workspace: Number(all?.bytes ?? 0),
      projects: new Map(rows.flatMap(({ project, bytes }) => (project === null ? [] : [[project, Number(bytes)]]))),
      counted: new Set(all?.digests ?? []),
    };
  },

  async workspace(workspace: string): Promise<WorkspaceSize> {
    const [found]: Array<Record<keyof WorkspaceSize, string>> = await source.query(WORKSPACE, [workspace]);
    const of = (what: keyof WorkspaceSize): number => Number(found?.[what] ?? 0);
    return { runs: of('runs'), points: of('points'), files: of('files'), bytes: of('bytes') };
  },
});
export type SizeReads = ReturnType<typeof createSizeReads>;
