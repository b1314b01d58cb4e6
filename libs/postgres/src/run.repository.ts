import { isEveryProject, type Mark, type Reach, type RunRow } from '@runledger/contracts';
import type { DataSource } from 'typeorm';
import { type AsOf, cutOfRun, heldSql } from './as-of';
import { pgTime } from './columns';
import { reachedWhere } from './reach-sql';
import { type RunEntity, runEntity } from './read-entities';

export type RunRecord = Omit<RunRow, 'first'> &
  Readonly<{
    workspace: string;
    run: string;
    /** Log time of its first fact; null while nothing but metrics is known of it. */
    firstSeenAt: number | null;
    /** Log time of the last change of its own attributes. */
    updatedAt: number | null;
    /** It is read as of this offset of its partition; null: as it is now. */
    cut: number | null;
    /** Where it stands in a list: when it started, or was first seen. */
    sortAt: number | null;
  }>;

/** A run's place in a list of runs, newest first. */
export type RunPlace = Readonly<{ sortAt: number; run: string }>;
export type RunQuery = Readonly<{
  experiment?: string | undefined;
  parent?: string | undefined;
  /** Default: active. */
  lifecycle?: 'active' | 'deleted' | 'all' | undefined;
  asOf?: AsOf | undefined;
  /** Place of the last run of the page before. */
  after?: RunPlace | undefined;
  limit: number;
}>;

function finishOf(row: RunEntity): Mark | null {
  const { finishOffset: offset, finishOrdinal: ordinal, finishTime: time } = row;
  return offset === null ? null : { offset, ordinal: ordinal ?? 0, time: time ?? 0 };
}

const recordOf = (row: RunEntity, cut: number | null = null): RunRecord => ({
  workspace: row.workspace,
  run: row.run,
  project: row.project,
  experiment: row.experiment,
  name: row.name,
  description: row.description,
  status: row.status,
  lifecycle: row.lifecycle,
  startedAt: row.startedAt,
  finishedAt: row.finishedAt,
  message: row.message,
  parent: row.parent,
  forkRun: row.forkRun,
  forkStep: row.forkStep,
  finish: finishOf(row),
  firstSeenAt: row.firstTime,
  updatedAt: row.recordedAt,
  sortAt: row.sortAt,
  cut,
});

/** A run of which only metric batches have come: it exists, and that is all. */
export const bareRun = (workspace: string, run: string, cut: number | null = null): RunRecord => ({
  workspace,
  run,
  project: 'default',
  experiment: null,
  name: null,
  description: null,
  status: 'unannounced',
  lifecycle: 'active',
  startedAt: null,
  finishedAt: null,
  message: null,
  parent: null,
  forkRun: null,
  forkStep: null,
  finish: null,
  firstSeenAt: null,
  updatedAt: null,
  sortAt: null,
  cut,
});

export const createRunReads = (source: DataSource) => ({
  /** As of a moment, a run of which only metrics were known by then is none. */
  async getRun(reach: Reach, run: string, asOf?: AsOf): Promise<RunRecord | null> {
    const { workspace } = reach;
    const cut = cutOfRun(asOf, workspace, run);
    const row = await source
      .getRepository(runEntity)
      .createQueryBuilder('r')
      .where(`r.workspace = :workspace and r.run = :run and ${heldSql('r', cut)}`, { workspace, run })
      .andWhere(...reachedWhere('r.project', reach))
      .getOne();
    if (row !== null) return recordOf(row, cut);
    // Whose project it is in is not known before it is announced.
    if (asOf !== undefined || !isEveryProject(reach.projects)) return null;
    const series: unknown[] = await source.query('select 1 from custody.series where workspace = $1 and run = $2', [
      workspace,
      run,
    ]);
    return series.length === 0 ? null : bareRun(workspace, run);
  },

  /** Newest first, by start or first sight. A run of which only metrics are known is in no list. */
  async listRuns(reach: Reach, query: RunQuery): Promise<Array<RunRecord & RunPlace>> {
    const { workspace } = reach;
    const { experiment, parent, after, limit, lifecycle = 'active', asOf } = query;
    const select = source
      .getRepository(runEntity)
      .createQueryBuilder('r')
      .where('r.workspace = :workspace', { workspace })
      .andWhere(...reachedWhere('r.project', reach));
    if (asOf === undefined) select.andWhere('r.endOffset is null');
    else select.andWhere(heldSql('r', '(:cuts::int8[])[r.lp + 1]'), { cuts: asOf.runs });
    if (experiment !== undefined) select.andWhere('r.experiment = :experiment', { experiment });
    if (parent !== undefined) select.andWhere('r.parent = :parent', { parent });
    if (lifecycle !== 'all') select.andWhere('r.lifecycle = :lifecycle', { lifecycle });
    if (after !== undefined)
      select.andWhere('(r.sortAt, r.run) < (cast(:at as timestamptz), :run)', {
        at: pgTime(after.sortAt),
        run: after.run,
      });
    const rows = await select.orderBy('r.sortAt', 'DESC').addOrderBy('r.run', 'DESC').limit(limit).getMany();
    return rows.map((row) => ({ ...recordOf(row, cutOfRun(asOf, workspace, row.run)), sortAt: row.sortAt }));
  },
});
