import { RETAINED, type Retained } from '@runledger/contracts';
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

/** As a list has it: with the name of the run, and its place in the list. */
export type ListedExpiry = ExpiryRecord & Readonly<{ runName: string | null; journalseq: number }>;
export type ExpiryAsked = Readonly<{
  workspace: string;
  project: string;
  what: Retained | undefined;
  /** Only what was decided before this one. */
  before: number | undefined;
  limit: number;
}>;

type Row = Omit<ExpiryRecord, 'at'> & Readonly<{ at: Date }>;

/** Of a decision `e`, what has become of it `x`, and its policy `p`. */
const COLUMNS = `e.data ->> 'run' as run, split_part(e.type, '.', 1) as what, e.id as event, e.recordedtime as at,
  x.gone_at is not null as gone, e.data ->> 'policy' as policy, p.id as "policyEvent", p.actor as "policyBy",
  (e.data ->> 'days')::float8 as days, e.data ->> 'ended' as ended,
  (e.data ->> 'metrics')::float8 as metrics, (e.data ->> 'points')::float8 as points,
  (e.data ->> 'files')::float8 as files, (e.data ->> 'bytes')::float8 as bytes, e.data ->> 'digest' as digest`;
const POLICY = `left join custody.journal_event p on p.workspace = e.workspace
  and p.subject = 'retention/' || (e.data ->> 'project') and p.data ->> 'policy' = e.data ->> 'policy'`;

/** Tombstones of runs. */
export const createExpiryReads = (source: DataSource) => ({
  /** By run and what; of those runs of which something has expired. */
  async expiriesOf(workspace: string, runs: readonly string[]): Promise<ExpiryRecord[]> {
    const rows: Row[] = await source.query(
      `select ${COLUMNS} from custody.expired_run x
       join custody.journal_event e on e.workspace = x.workspace and e.id = x.event
       ${POLICY}
       where x.workspace = $1 and x.run = any ($2) order by x.run, x.what`,
      [workspace, runs],
    );
    return rows.map(({ at, ...row }) => ({ ...row, at: at.toISOString() }));
  },

  /** Of a project, what was decided last first, from the journal itself. */
  async expiredIn({ workspace, project, what, before, limit }: ExpiryAsked): Promise<ListedExpiry[]> {
    const types = (what === undefined ? RETAINED : [what]).map((one) => `${one}.expired`);
    const rows: Array<Row & { runName: string | null; journalseq: string }> = await source.query(
      `select ${COLUMNS}, e.journalseq, r.name as "runName" from (
         select * from custody.journal_event
         where workspace = $1 and data ->> 'project' = $2 and type in ('points.expired', 'artifacts.expired')
           and type = any ($3) and journalseq < coalesce($4, 9223372036854775807)
         order by journalseq desc limit $5) as e
       left join custody.expired_run x
         on (x.workspace, x.run, x.what) = (e.workspace, e.data ->> 'run', split_part(e.type, '.', 1))
       left join read.run r on (r.workspace, r.run) = (e.workspace, e.data ->> 'run') and r.to_off is null
         and r.project = $2
       ${POLICY} order by e.journalseq desc`,
      [workspace, project, types, before ?? null, limit],
    );
    return rows.map(({ at, journalseq, ...row }) => ({
      ...row,
      at: at.toISOString(),
      journalseq: Number(journalseq),
    }));
  },
});
export type ExpiryReads = ReturnType<typeof createExpiryReads>;
