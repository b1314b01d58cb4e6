import { type DataSource, IsNull } from 'typeorm';
import { type AsOf, heldSql } from './as-of';
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
  async listExperiments(workspace: string, query: ExperimentQuery): Promise<ExperimentRecord[]> {
    const { project, name, after, limit, lifecycle = 'active', asOf } = query;
    const select = source
      .getRepository(experimentEntity)
      .createQueryBuilder('e')
      .where(`e.workspace = :workspace and ${heldSql('e', asOf?.catalog ?? null)}`, { workspace });
    if (lifecycle !== 'all') select.andWhere('e.lifecycle = :lifecycle', { lifecycle });
    if (project !== undefined) select.andWhere('e.project = :project', { project });
    if (name !== undefined) select.andWhere('e.name = :name', { name });
    if (after !== undefined) select.andWhere('e.createdSeq < :after', { after });
    return (await select.orderBy('e.createdSeq', 'DESC').limit(limit).getMany()).map(experimentRecordOf);
  },

  async getExperiment(workspace: string, experiment: string, asOf?: AsOf): Promise<ExperimentRecord | null> {
    const row = await source
      .getRepository(experimentEntity)
      .createQueryBuilder('e')
      .where(`e.workspace = :workspace and e.experiment = :experiment and ${heldSql('e', asOf?.catalog ?? null)}`, {
        workspace,
        experiment,
      })
      .getOne();
    return row === null ? null : experimentRecordOf(row);
  },

  /** Names are unique among what is active; of deleted ones of a name, the one that was deleted last. */
  async findExperimentByName(workspace: string, name: string): Promise<ExperimentRecord | null> {
    const row = await source.getRepository(experimentEntity).findOne({
      where: { workspace, name, endOffset: IsNull() },
      order: { lifecycle: 'ASC', seq: 'DESC' },
    });
    return row === null ? null : experimentRecordOf(row);
  },
});
