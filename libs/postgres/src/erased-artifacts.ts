import type { DataSource } from 'typeorm';
import { isLocked } from './artifact-locks';

/** A file of a run, as people name it. */
export type NamedFile = Readonly<{ run: string; path: string }>;
/** `lockedUntil`: they go no sooner. */
export type ErasedFile = Readonly<{
  digest: string;
  projects: readonly string[];
  goneAt: string | null;
  lockedUntil: string | null;
}>;

/** Bytes that an erasure is about, in runs of these projects. `goneAt`: they went, and may have come back. */
export type ErasedBytes = Readonly<{
  digest: string;
  workspace: string;
  runs: readonly string[];
  projects: readonly string[];
  goneAt: Date | null;
}>;

const PROJECTS = `array(
  select distinct r.project from read.run r
  where r.workspace = e.workspace and r.run = any (e.runs) and r.project is not null and r.to_off is null)`;

/**
 * Of all workspaces, since they keep bytes together: what nobody has now but the runs in which it was named and those whose artifacts have
 * expired, and no lock holds. An expiry does not take what a run has of which it was erased, so nobody else would.
 */
const NOBODYS = `
  select e.digest, e.workspace, e.runs, ${PROJECTS} as projects, e.gone_at as "goneAt" from custody.erased_artifact e
  where ($1 or e.gone_at is null)
    and not exists (
      select from read.run_artifact t where t.digest = e.digest and t.to_off is null
        and not exists (
          select from custody.erased_artifact m
          where m.digest = t.digest and m.workspace = t.workspace and t.run = any (m.runs))
        and not exists (
          select from custody.expired_run x where (x.workspace, x.run, x.what) = (t.workspace, t.run, 'artifacts')))
    and not exists (select from read.logged_model_file f where f.digest = e.digest and f.to_off is null)
    and not ${isLocked('e.digest')}
  order by e.digest`;

/** Bytes that were erased, and which of them are gone. */
export const createErasedArtifacts = (source: DataSource) => ({
  /** What was ever stored under the names of files, by digest; null for those where nothing was. */
  async digestsOf(workspace: string, files: readonly NamedFile[]): Promise<Array<NamedFile & { digest: string }>> {
    return source.query(
      `select distinct t.run, t.path, t.digest from read.run_artifact t
       join unnest($2::text[], $3::text[]) as named (run, path) on t.run = named.run and t.path = named.path
       where t.workspace = $1 order by 3, 1, 2`,
      [workspace, files.map(({ run }) => run), files.map(({ path }) => path)],
    );
  },

  /** What has to go, of all erasures or of those that are not done, if no hold stands in the way. The same digest may be in several. */
  async toRemove(which: 'all' | 'open'): Promise<ErasedBytes[]> {
    return source.query(NOBODYS, [which === 'all']);
  },

  async gone(digest: string): Promise<void> {
    await source.query('update custody.erased_artifact set gone_at = now() where digest = $1 and gone_at is null', [
      digest,
    ]);
  },

  /** Whether an erasure that the journal knows has taken these bytes. */
  async find(digest: string): Promise<{ erasure: string; at: string } | null> {
    const rows: Array<{ erasure: string; gone_at: Date }> = await source.query(
      `select erasure, gone_at from custody.erased_artifact e
       where digest = $1 and gone_at is not null and exists (
         select from custody.journal_event j where j.workspace = e.workspace and j.subject = 'erasures'
           and j.type = 'subject.erased' and j.data ->> 'erasure' = e.erasure)
       order by gone_at limit 1`,
      [digest],
    );
    return rows[0] === undefined ? null : { erasure: rows[0].erasure, at: rows[0].gone_at.toISOString() };
  },

  async ofErasure(workspace: string, erasure: string): Promise<ErasedFile[]> {
    type Row = Readonly<{ digest: string; projects: string[]; gone_at: Date | null; until: Date | null }>;
    const rows: Row[] = await source.query(
      `select digest, ${PROJECTS} as projects, gone_at, (
         select max(l.until) from custody.artifact_lock l
         where l.digest = e.digest and l.until > now() and e.gone_at is null) as until
       from custody.erased_artifact e where workspace = $1 and erasure = $2 order by digest`,
      [workspace, erasure],
    );
    return rows.map(({ digest, projects, gone_at, until }) => ({
      digest,
      projects,
      goneAt: gone_at?.toISOString() ?? null,
      lockedUntil: until?.toISOString() ?? null,
    }));
  },
});
export type ErasedArtifacts = ReturnType<typeof createErasedArtifacts>;
