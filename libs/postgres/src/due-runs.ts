import { MOST_LISTED, type Retained, type StoredEvent } from '@runledger/contracts';
import type { DataSource } from 'typeorm';
import { digestRunMetrics } from './run-recorded';

/** What a project keeps only for so long, and which of its runs are not to be looked at. */
export type DueAsked = Readonly<{
  workspace: string;
  project: string;
  what: Retained;
  /** Ended then or before. */
  endedBy: Date;
  /** Then; artifacts that are locked by then are not due. */
  at: Date;
  /** For which the project locks artifacts. */
  lockDays: number | null;
  except: readonly string[];
  /** Forks whose points are taken to have gone, which keep their parents' no more. */
  goneForks?: readonly string[];
  /** Null: all of them. */
  limit: number | null;
}>;
export type DueRun = Readonly<{ run: string; ended: string; isFork: boolean }>;
export type FileThere = Readonly<{ path: string; digest: string; size: number }>;

/** When a run ended: when the log had that, or as it says if that is later. It has ended while nobody has begun it again. */
const ENDED = 'greatest(r.finish_time, r.finished_at)';

/** A fork shows what the run logged that it comes from, so that this keeps it as long as the fork does. What is registered is needed. */
const BY_WHAT: Readonly<Record<Retained, string>> = {
  points: `exists (select from custody.series s where (s.workspace, s.run) = (r.workspace, r.run))
    and not exists (select from read.run f where f.workspace = r.workspace and f.fork_run = r.run and f.to_off is null and f.run <> all ($6)
      and not exists (select from custody.expired_run x where (x.workspace, x.run) = (f.workspace, f.run) and x.what = 'points'))`,
  artifacts: `exists (select from read.run_artifact a where (a.workspace, a.run) = (r.workspace, r.run))
    and not exists (select from read.model_version v where v.workspace = r.workspace and v.to_off is null
      and (v.run = r.run or position(r.run in v.location) > 0))
    and not exists (
      select from read.run_artifact a
      left join custody.artifact_lock l on (l.digest, l.workspace, l.project) = (a.digest, r.workspace, r.project)
      where (a.workspace, a.run) = (r.workspace, r.run) and (l.until > $6 or a.from_time + $7::float8 * interval '1 day' > $6))`,
};

const LINE = `to_json(path)::text || ' ' || digest || ' ' || size`;

/** What is behind `select`, with its parameters. */
const dueOf = (asked: Omit<DueAsked, 'limit'>) => {
  const { workspace, project, what, endedBy, except, at, lockDays, goneForks = [] } = asked;
  return {
    from: `from read.run r where r.workspace = $1 and r.project = $2 and r.to_off is null and r.finish_time is not null
     and ${ENDED} <= $3 and r.run <> all ($4)
     and not exists (select from custody.expired_run x where (x.workspace, x.run, x.what) = (r.workspace, r.run, $5))
     and ${BY_WHAT[what]}`,
    params: [workspace, project, endedBy, except, what, ...(what === 'artifacts' ? [at, lockDays] : [goneForks])],
  };
};

type Decided = StoredEvent & Readonly<{ workspace: string; subject: string; actor: string }>;

async function decisionsWhere(source: DataSource, where: string, params: readonly unknown[]): Promise<Decided[]> {
  const rows: Array<Omit<Decided, 'time'> & { time: Date }> = await source.query(
    `select workspace, subject, id, type, time, dataversion, data, actor from custody.journal_event
     where ${where} order by workspace, journalseq`,
    [...params],
  );
  return rows.map(({ time, ...row }) => ({ ...row, time: time.toISOString() }));
}

/** Decisions on the policy of one project, oldest first. */
export const policyEvents = (source: DataSource, workspace: string, subject: string): Promise<Decided[]> =>
  decisionsWhere(source, 'workspace = $1 and subject = $2', [workspace, subject]);

/** What is due by policies, and what there is of it. */
export const createDueRuns = (source: DataSource) => ({
  /** Decisions on policies of all projects, in the order of their journals. */
  policies: () => decisionsWhere(source, `type = 'retention.set'`, []),
  /** Holds of all workspaces, and erasures. */
  holds: () => decisionsWhere(source, 'subject = $1', ['erasures']),

  /** Runs that are due, the first that ended first. */
  async due({ limit, ...asked }: DueAsked): Promise<DueRun[]> {
    const { from, params } = dueOf(asked);
    const rows: Array<Omit<DueRun, 'ended'> & { ended: Date }> = await source.query(
      `select r.run, ${ENDED} as ended, r.fork_run is not null as "isFork" ${from} order by ended, r.run limit $${params.length + 1}`,
      [...params, limit],
    );
    return rows.map(({ ended, ...row }) => ({ ...row, ended: ended.toISOString() }));
  },

  async count(asked: Omit<DueAsked, 'limit'>): Promise<number> {
    const { from, params } = dueOf(asked);
    const rows: Array<{ n: string }> = await source.query(`select count(*) as n ${from}`, params);
    return Number(rows[0]?.n);
  },

  async pointsThere(workspace: string, run: string) {
    const { count: metrics, digest } = await digestRunMetrics(source, workspace, run);
    const rows: Array<{ points: string }> = await source.query(
      `select coalesce(sum(m.points), 0) as points from custody.series s join read.run_metric m on m.series = s.number
       where s.workspace = $1 and s.run = $2`,
      [workspace, run],
    );
    return { metrics, points: Number(rows[0]?.points), digest };
  },

  /** Every version of every path, each content once. */
  async artifactsThere(workspace: string, run: string) {
    const of = `from (select distinct path, digest, size from read.run_artifact where workspace = $1 and run = $2) as t`;
    const [all]: Array<{ files: string; bytes: string; digest: string }> = await source.query(
      `select count(*) as files, coalesce((select sum(size) from (select distinct digest, size ${of}) as content), 0) as bytes,
         encode(sha256(convert_to(coalesce(string_agg(${LINE}, E'\\n' order by path, digest), ''), 'UTF8')), 'hex') as digest
       ${of}`,
      [workspace, run],
    );
    const rows: Array<Omit<FileThere, 'size'> & { size: string }> = await source.query(
      `select path, digest, size ${of} order by path, digest limit ${MOST_LISTED}`,
      [workspace, run],
    );
    const files = Number(all?.files);
    const listed = files > MOST_LISTED ? [] : rows.map((row) => ({ ...row, size: Number(row.size) }));
    return { files, bytes: Number(all?.bytes), digest: all?.digest ?? '', listed };
  },
});
export type DueRuns = ReturnType<typeof createDueRuns>;
