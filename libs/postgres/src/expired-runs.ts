import type { Retained } from '@runledger/contracts';
import type { DataSource, EntityManager } from 'typeorm';

type Asking = Pick<EntityManager, 'query'>;

/** A run of which something has expired. */
export type ExpiredRun = Readonly<{ workspace: string; run: string }>;

/** What of runs has expired, and which of it is gone. */
export const createExpiredRuns = (source: DataSource) => ({
  /** Takes over what the journal has decided since. It numbers events in the order of their commits. */
  async takeOver(): Promise<void> {
    await source.query(
      `insert into custody.expired_run (workspace, run, what, event, journalseq, decided_at)
       select e.workspace, e.data ->> 'run', split_part(e.type, '.', 1), e.id, e.journalseq, e.recordedtime
       from custody.journal_event e
       where e.type in ('points.expired', 'artifacts.expired') and e.journalseq > coalesce(
         (select max(x.journalseq) from custody.expired_run x where x.workspace = e.workspace), 0)
       on conflict do nothing`,
    );
  },

  /** What is decided for so many ms and not carried out, oldest first. */
  open(what: Retained, forMs: number, limit: number): Promise<ExpiredRun[]> {
    return source.query(
      `select workspace, run from custody.expired_run
       where gone_at is null and what = $1 and decided_at <= now() - $2 * interval '1 ms'
       order by decided_at, workspace, run limit $3`,
      [what, forMs, limit],
    );
  },

  async gone(tx: Asking, what: Retained, runs: readonly ExpiredRun[]): Promise<void> {
    await tx.query(
      `update custody.expired_run x set gone_at = now()
       from unnest($2::text[], $3::text[]) as done (workspace, run)
       where x.what = $1 and x.gone_at is null and (x.workspace, x.run) = (done.workspace, done.run)`,
      [what, runs.map(({ workspace }) => workspace), runs.map(({ run }) => run)],
    );
  },
});
export type ExpiredRuns = ReturnType<typeof createExpiredRuns>;

/** Numbers of the series of runs; a run without points has none. */
export async function seriesOfRuns(of: Asking, runs: readonly ExpiredRun[]): Promise<number[]> {
  const rows: Array<{ number: string }> = await of.query(
    `select s.number from custody.series s
     join unnest($1::text[], $2::text[]) as r (workspace, run) on (s.workspace, s.run) = (r.workspace, r.run)
     order by s.number`,
    [runs.map(({ workspace }) => workspace), runs.map(({ run }) => run)],
  );
  return rows.map(({ number }) => Number(number));
}

/** Numbers of all series whose points have expired and are gone: nothing that is filled from the log keeps them. */
export async function goneSeries(of: Asking): Promise<number[]> {
  const rows: Array<{ number: string }> = await of.query(
    `select s.number from custody.series s join custody.expired_run x on (x.workspace, x.run) = (s.workspace, s.run)
     where x.what = 'points' and x.gone_at is not null order by s.number`,
  );
  return rows.map(({ number }) => Number(number));
}
