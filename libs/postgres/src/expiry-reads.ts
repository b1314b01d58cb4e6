import type { Retained } from '@runledger/contracts';
import type { DataSource } from 'typeorm';

/** What of a run has expired: what was there, by whose order it went, and the events that prove both. */
export type ExpiryRecord = Readonly<{
  run: string;
  what: Retained;
  event: string;
  /** When it was decided, RFC 3339. */
  at: string;
  /** Whether it is carried out. */
  gone: boolean;
  policy: string;
  /** Of the policy; null where the journal does not have it. */
  policyEvent: string | null;
  policyBy: string | null;
  days: number;
  ended: string;
  metrics: number | null;
  points: number | null;
  files: number | null;
  bytes: number | null;
  digest: string;
}>;

type Row = Omit<ExpiryRecord, 'at'> & Readonly<{ at: Date }>;

/** Tombstones of runs. */
export const createExpiryReads = (source: DataSource) => ({
  /** By run and what; of those runs of which something has expired. */
  async expiriesOf(workspace: string, runs: readonly string[]): Promise<ExpiryRecord[]> {
    const rows: Row[] = await source.query(
      `select x.run, x.what, x.event, x.decided_at as at, x.gone_at is not null as gone,
         e.data ->> 'policy' as policy, p.id as "policyEvent", p.actor as "policyBy",
         (e.data ->> 'days')::float8 as days, e.data ->> 'ended' as ended,
         (e.data ->> 'metrics')::float8 as metrics, (e.data ->> 'points')::float8 as points,
         (e.data ->> 'files')::float8 as files, (e.data ->> 'bytes')::float8 as bytes, e.data ->> 'digest' as digest
       from custody.expired_run x
       join custody.journal_event e on e.workspace = x.workspace and e.id = x.event
       left join custody.journal_event p on p.workspace = x.workspace
         and p.subject = 'retention/' || (e.data ->> 'project') and p.data ->> 'policy' = e.data ->> 'policy'
       where x.workspace = $1 and x.run = any ($2) order by x.run, x.what`,
      [workspace, runs],
    );
    return rows.map(({ at, ...row }) => ({ ...row, at: at.toISOString() }));
  },
});
export type ExpiryReads = ReturnType<typeof createExpiryReads>;
