import { isEveryProject, type Reach } from '@runledger/contracts';
import type { DataSource } from 'typeorm';
import { type AsOf, heldSql } from './as-of';
import { reachedAmong, reachedWhere } from './reach-sql';
import { type ExperimentEntity, experimentEntity } from './read-entities';

export type ExperimentRecord = Pick<
  ExperimentEntity,
  'workspace' | 'experiment' | 'project' | 'name' | 'lifecycle' | 'tags' | 'createdAt' | 'createdSeq'
> &
  /** Log time of the last change. */
  Readonly<{ updatedAt: number }>;

export type ExperimentQuery = Readonly<{
  project?: string | undefined;
  name?: string | undefined;
  /** Default: active. */
  lifecycle?: 'active' | 'deleted' | 'all' | undefined;
  /** `createdSeq` of the last one of the page before. */
  after?: number | undefined;
  limit: number;
  asOf?: AsOf | undefined;
}>;

export const experimentRecordOf = (row: ExperimentEntity): ExperimentRecord => ({
  workspace: row.workspace,
  experiment: row.experiment,
  project: row.project,
  name: row.name,
  lifecycle: row.lifecycle,
  tags: row.tags,
  createdAt: row.createdAt,
  createdSeq: row.createdSeq,
  updatedAt: row.recordedAt,
});

export const createExperimentReads = (source: DataSource) => ({
  /** Newest first. */
  async listExperiments(reach: Reach, query: ExperimentQuery): Promise<ExperimentRecord[]> {
    const { workspace } = reach;
    const { project, name, after, limit, lifecycle = 'active', asOf } = query;
    const select = source
      .getRepository(experimentEntity)
      .createQueryBuilder('e')
      .where(`e.workspace = :workspace and ${heldSql('e', asOf?.catalog ?? null)}`, { workspace })
      .andWhere(...reachedWhere('e.project', reach));
    if (lifecycle !== 'all') select.andWhere('e.lifecycle = :lifecycle', { lifecycle });
    if (project !== undefined) select.andWhere('e.project = :project', { project });
    if (name !== undefined) select.andWhere('e.name = :name', { name });
    if (after !== undefined) select.andWhere('e.createdSeq < :after', { after });
    return (await select.orderBy('e.createdSeq', 'DESC').limit(limit).getMany()).map(experimentRecordOf);
  },

  async getExperiment(reach: Reach, experiment: string, asOf?: AsOf): Promise<ExperimentRecord | null> {
    const { workspace } = reach;
    const row = await source
      .getRepository(experimentEntity)
      .createQueryBuilder('e')
      .where(`e.workspace = :workspace and e.experiment = :experiment and ${heldSql('e', asOf?.catalog ?? null)}`, {
        workspace,
        experiment,
      })
      .andWhere(...reachedWhere('e.project', reach))
      .getOne();
    return row === null ? null : experimentRecordOf(row);
  },

  /** Those of these that are reached, in their order. Asked only for who is kept to some projects. */
  async reachedExperiments(reach: Reach, experiments: readonly string[]): Promise<readonly string[]> {
    if (isEveryProject(reach.projects) || experiments.length === 0) return experiments;
    const params: unknown[] = [reach.workspace, experiments];
    const rows: Array<{ experiment: string }> = await source.query(
      `select experiment from read.experiment
       where workspace = $1 and experiment = any ($2::text[]) and to_off is null and ${reachedAmong('project', reach, params)}`,
      params,
    );
    const reached = new Set(rows.map(({ experiment }) => experiment));
    return experiments.filter((one) => reached.has(one));
  },

  /** Those of these that are deleted. */
  async listDeletedExperiments(workspace: string, experiments: readonly string[]): Promise<string[]> {
    if (experiments.length === 0) return [];
    const rows: Array<{ experiment: string }> = await source.query(
      `select experiment from read.experiment
       where workspace = $1 and experiment = any ($2) and to_off is null and lifecycle = 'deleted'`,
      [workspace, experiments],
    );
    return rows.map(({ experiment }) => experiment);
  },

  /** Names are unique among what is active; of deleted ones of a name, the one that was deleted last. */
  async findExperimentByName(reach: Reach, name: string): Promise<ExperimentRecord | null> {
    const { workspace } = reach;
    const row = await source
      .getRepository(experimentEntity)
      .createQueryBuilder('e')
      .where('e.workspace = :workspace and e.name = :name and e.endOffset is null', { workspace, name })
      .andWhere(...reachedWhere('e.project', reach))
      .orderBy('e.lifecycle', 'ASC')
      .addOrderBy('e.seq', 'DESC')
      .limit(1)
      .getOne();
    return row === null ? null : experimentRecordOf(row);
  },
});
