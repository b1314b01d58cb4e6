import type { DataSource } from 'typeorm';
import { nobodys } from './expired-artifacts';

/** What there is of many runs at once, as the decisions on each of them would say it. */
export const createDueTotals = (source: DataSource) => ({
  async points(workspace: string, runs: readonly string[]): Promise<{ metrics: number; points: number }> {
    const [all]: Array<{ metrics: string; points: string }> = await source.query(
      `select count(*) as metrics, coalesce(sum(m.points), 0) as points
       from custody.series s join read.run_metric m on m.series = s.number where s.workspace = $1 and s.run = any ($2)`,
      [workspace, runs],
    );
    return { metrics: Number(all?.metrics), points: Number(all?.points) };
  },

  /** `freed`: bytes of contents that nobody has then, each counted once. `held`: digests that stay. */
  async artifacts(
    workspace: string,
    runs: readonly string[],
    held: readonly string[],
  ): Promise<{ files: number; bytes: number; freed: number }> {
    const [all]: Array<{ files: string; bytes: string; freed: string }> = await source.query(
      `with there as (
         select distinct run, path, digest, size from read.run_artifact where workspace = $1 and run = any ($2))
       select (select count(*) from there) as files,
         (select coalesce(sum(size), 0) from (select distinct run, digest, size from there) as c) as bytes,
         (select coalesce(sum(d.size), 0) from (select distinct digest, size from there where digest <> all ($3)) as d
          where ${nobodys('t.workspace = $1 and t.run = any ($2)')}) as freed`,
      [workspace, runs, held],
    );
    return { files: Number(all?.files), bytes: Number(all?.bytes), freed: Number(all?.freed) };
  },
});
export type DueTotals = ReturnType<typeof createDueTotals>;
