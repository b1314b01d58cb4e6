import type { DataSource } from 'typeorm';
import { isLocked } from './artifact-locks';

/**
 * In SQL, of a digest `d`, and of all workspaces, since they keep bytes together: nobody has or had it whose artifacts have not expired, and
 * no lock holds it. `besides`: of whom else it is taken that they have expired, a condition on `t`.
 */
export const nobodys = (besides = 'false'): string => `
  not exists (
    select from read.run_artifact t where t.digest = d.digest and not exists (
      select from custody.expired_run x where (x.workspace, x.run, x.what) = (t.workspace, t.run, 'artifacts')) and not (${besides}))
  and not exists (select from read.logged_model_file f where f.digest = d.digest and f.to_off is null)
  and not ${isLocked('d.digest')}`;
const NOBODYS = nobodys();

/** Bytes of runs whose artifacts have expired. Whoever asks sees to it that the projections are not behind. */
export const createExpiredArtifacts = (source: DataSource) => ({
  /** Marks bytes that nobody keeps: of runs that are decided for so many ms, all of them or those that were not looked at yet. `held`: digests that stay. */
  async mark(which: 'all' | 'open', forMs: number, held: readonly string[]): Promise<void> {
    await source.query(
      `insert into custody.expired_artifact (digest, event, marked_at)
       select distinct on (d.digest) d.digest, d.event, now() from (
         select a.digest, x.event, x.journalseq from custody.expired_run x
         join read.run_artifact a on (a.workspace, a.run) = (x.workspace, x.run)
         where x.what = 'artifacts' and ($1 or x.gone_at is null) and x.decided_at <= now() - $2 * interval '1 ms'
           and a.digest <> all ($3)) as d
       where ${NOBODYS} order by d.digest, d.journalseq desc
       on conflict (digest) do update set event = excluded.event, marked_at = now(), gone_at = null
         where $4 and expired_artifact.gone_at is not null`,
      // Bytes that were gone and are stored again by a run that has expired since go again.
      [which === 'all', forMs, held, which === 'open'],
    );
  },

  /** Those that are marked for so many ms and that nobody has stored meanwhile; what somebody has is marked no more. */
  async toRemove(forMs: number, held: readonly string[]): Promise<string[]> {
    await source.query(
      `delete from custody.expired_artifact d where d.gone_at is null and (d.digest = any ($1) or not (${NOBODYS}))`,
      [held],
    );
    const rows: Array<{ digest: string }> = await source.query(
      `select digest from custody.expired_artifact
       where gone_at is null and marked_at <= now() - $1 * interval '1 ms' order by marked_at, digest limit 1000`,
      [forMs],
    );
    return rows.map(({ digest }) => digest);
  },

  async gone(digest: string): Promise<void> {
    await source.query('update custody.expired_artifact set gone_at = now() where digest = $1 and gone_at is null', [
      digest,
    ]);
  },

  /** Runs of which nothing is left to be taken away now; what others have of theirs goes with them. */
  async runsGone(forMs: number): Promise<void> {
    await source.query(
      `update custody.expired_run x set gone_at = now()
       where x.what = 'artifacts' and x.gone_at is null and x.decided_at <= now() - $1 * interval '1 ms' and not exists (
         select from read.run_artifact a join custody.expired_artifact e on e.digest = a.digest and e.gone_at is null
         where (a.workspace, a.run) = (x.workspace, x.run))`,
      [forMs],
    );
  },

  /** Whether these bytes are about to go: who stores the same now is to do so again in a while. */
  async isGoing(digest: string): Promise<boolean> {
    const rows: unknown[] = await source.query(
      'select from custody.expired_artifact where digest = $1 and gone_at is null',
      [digest],
    );
    return rows.length > 0;
  },

  /** By which decision these bytes went, and when; null: by none. */
  async find(digest: string): Promise<{ event: string; at: string } | null> {
    const rows: Array<{ event: string; gone_at: Date }> = await source.query(
      'select event, gone_at from custody.expired_artifact where digest = $1 and gone_at is not null',
      [digest],
    );
    return rows[0] === undefined ? null : { event: rows[0].event, at: rows[0].gone_at.toISOString() };
  },
});
export type ExpiredArtifacts = ReturnType<typeof createExpiredArtifacts>;
