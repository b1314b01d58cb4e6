import type { DataSource } from 'typeorm';

export type LockedProject = Readonly<{ workspace: string; project: string }>;
/** Bytes that a project's policy locks and that are not known to be locked for so long. */
export type Unlocked = Readonly<{ digest: string; storedAt: Date }>;
export type LocksShown = Readonly<{
  /** Digests that are locked for the project now. */
  files: number;
  /** The last lock to end. */
  until: string | null;
}>;

/** In SQL: bytes that somebody's lock holds now. */
export const isLocked = (digest: string): string =>
  `exists (select from custody.artifact_lock l where l.digest = ${digest} and l.until > now())`;

/** The store's own locks: of no project. */
const NOBODY: LockedProject = { workspace: '', project: '' };

/** In any version of a path, of runs and of logged models; not what an erasure or the end of their time has taken, or is about to take. */
const TO_LOCK = `
  from (
    select a.digest, a.from_time as at
    from read.run r join read.run_artifact a on (a.workspace, a.run) = (r.workspace, r.run)
    where r.workspace = $1 and r.project = $2 and r.to_off is null and a.from_time > now() - $3 * interval '1 day'
      and not exists (select from custody.expired_run x where (x.workspace, x.run, x.what) = (r.workspace, r.run, 'artifacts'))
    union all
    select f.digest, f.from_time
    from read.experiment e
    join read.logged_model m on (m.workspace, m.experiment) = (e.workspace, e.experiment) and m.to_off is null
    join read.logged_model_file f on (f.workspace, f.logged_model) = (m.workspace, m.logged_model)
    where e.workspace = $1 and e.project = $2 and e.to_off is null and f.from_time > now() - $3 * interval '1 day') as s
  where not exists (
      select from custody.artifact_lock l
      where (l.digest, l.workspace, l.project) = (s.digest, $1, $2) and l.until >= s.at + $3 * interval '1 day')
    and not exists (select from custody.erased_artifact e where e.digest = s.digest and e.gone_at is not null)
    and not exists (select from custody.expired_artifact e where e.digest = s.digest)`;

/** What is known of locks on artifacts, for a policy of a project or by the store itself. */
export const createArtifactLocks = (source: DataSource) => ({
  /** Never sooner than was known before. */
  async locked(digest: string, { workspace, project }: LockedProject, until: Date): Promise<void> {
    await source.query(
      `insert into custody.artifact_lock (digest, workspace, project, until) values ($1, $2, $3, $4)
       on conflict (digest, workspace, project) do update set until = greatest(artifact_lock.until, excluded.until)`,
      [digest, workspace, project, until],
    );
  },

  /** The store would not let them go, whoever has locked them there. */
  async foundLocked(digest: string, until: Date): Promise<void> {
    await this.locked(digest, NOBODY, until);
  },

  /** By digest, behind `after`. `storedAt`: when they were stored last. */
  async toLock(
    { workspace, project }: LockedProject,
    days: number,
    page: { after: string; limit: number },
  ): Promise<Unlocked[]> {
    return source.query(
      `select s.digest, max(s.at) as "storedAt" ${TO_LOCK} and s.digest > $4 group by s.digest order by s.digest limit $5`,
      [workspace, project, days, page.after, page.limit],
    );
  },

  async countToLock({ workspace, project }: LockedProject, days: number): Promise<number> {
    const rows: Array<{ n: string }> = await source.query(`select count(distinct s.digest) as n ${TO_LOCK}`, [
      workspace,
      project,
      days,
    ]);
    return Number(rows[0]?.n);
  },

  async shown({ workspace, project }: LockedProject): Promise<LocksShown> {
    const [row]: Array<{ files: string; until: Date | null }> = await source.query(
      `select count(*) as files, max(until) as until from custody.artifact_lock
       where workspace = $1 and project = $2 and until > now()`,
      [workspace, project],
    );
    return { files: Number(row?.files), until: row?.until?.toISOString() ?? null };
  },
});
export type ArtifactLockRows = ReturnType<typeof createArtifactLocks>;
