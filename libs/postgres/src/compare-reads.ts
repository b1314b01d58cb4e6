import type { CodeRow, EnvironmentRow } from '@runledger/contracts';
import type { DataSource } from 'typeorm';
import { type AsOf, cutOfRun, isHeld } from './as-of';
import type { HistoryTable } from './history-table';
import { RUN_TABLES } from './history-tables';

/** Of many runs: `run` names whose it is. */
export type OfRun<V> = Readonly<{ run: string; value: V }>;
export type StoredPatch = Readonly<{ run: string; digest: string; size: number }>;

type Asked = Readonly<{ workspace: string; runs: readonly string[]; asOf?: AsOf | undefined }>;

/** What a comparison needs of many runs at once. */
export function createCompareReads(source: Pick<DataSource, 'query'>) {
  async function held<V>(table: HistoryTable<V>, { workspace, runs, asOf }: Asked): Promise<Array<OfRun<V>>> {
    const current = asOf === undefined ? 't.to_off is null' : 'true';
    const rows: Array<Record<string, unknown>> = await source.query(
      `select t.run, ${table.select}, t.from_off, t.to_off from ${table.table} t
       where t.workspace = $1 and t.run = any($2::text[]) and ${current}`,
      [workspace, runs],
    );
    return rows.flatMap((raw) => {
      const run = raw['run'] as string;
      const endOffset = raw['to_off'] === null ? null : Number(raw['to_off']);
      return isHeld({ offset: Number(raw['from_off']), endOffset }, cutOfRun(asOf, workspace, run))
        ? [{ run, value: table.read(raw) }]
        : [];
    });
  }

  return {
    codes: (asked: Asked): Promise<Array<OfRun<CodeRow>>> => held(RUN_TABLES.code, asked),
    environments: (asked: Asked): Promise<Array<OfRun<EnvironmentRow>>> => held(RUN_TABLES.environment, asked),

    /** Params, tags and metrics of the runs, counted up to `most` and one more. */
    async countValues({ workspace, runs }: Asked, most: number): Promise<number> {
      const rows: Array<{ n: string }> = await source.query(
        `select count(*) as n from (
           select 1 from read.run_param where workspace = $1 and run = any($2::text[])
           union all select 1 from read.run_tag where workspace = $1 and run = any($2::text[])
           union all select 1 from custody.series s join read.run_metric m on m.series = s.number
             where s.workspace = $1 and s.run = any($2::text[])
           limit ${Math.trunc(most) + 1}) counted`,
        [workspace, runs],
      );
      return Number(rows[0]?.n);
    },

    /** Artifacts of the runs that are their uncommitted changes. */
    async patches(workspace: string, digests: ReadonlyMap<string, string>): Promise<StoredPatch[]> {
      const rows: Array<{ run: string; digest: string; size: string }> = await source.query(
        `select distinct a.run, a.digest, a.size from unnest($2::text[], $3::text[]) as k (run, digest)
         join read.run_artifact a on a.workspace = $1 and a.run = k.run and a.digest = k.digest`,
        [workspace, [...digests.keys()], [...digests.values()]],
      );
      return rows.map(({ size, ...row }) => ({ ...row, size: Number(size) }));
    },
  };
}
export type CompareReads = ReturnType<typeof createCompareReads>;
