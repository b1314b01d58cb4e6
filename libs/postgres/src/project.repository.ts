import type { ProjectRow } from '@runledger/contracts';
import type { DataSource } from 'typeorm';
import type { AsOf } from './as-of';
import { type CatalogRecord, readCatalog } from './catalog-reads';
import { CATALOG_TABLES } from './catalog-tables';

export type ProjectRecord = CatalogRecord<ProjectRow>;

export const createProjectReads = (source: DataSource) => ({
  /** Newest first; `after` is the `createdSeq` of the last one of the page before. */
  listProjects: (
    workspace: string,
    { after, limit, asOf }: { after?: number | undefined; limit: number; asOf?: AsOf | undefined },
  ): Promise<ProjectRecord[]> =>
    readCatalog(source, CATALOG_TABLES.project, workspace, {
      where: '$2::int8 is null or t.created_seq < $2',
      params: [after ?? null],
      order: 't.created_seq desc',
      limit,
      asOf,
    }),

  async getProject(workspace: string, project: string, asOf?: AsOf): Promise<ProjectRecord | null> {
    const rows = await readCatalog(source, CATALOG_TABLES.project, workspace, {
      where: 't.project = $2',
      params: [project],
      order: 't.from_off',
      limit: 1,
      asOf,
    });
    return rows[0] ?? null;
  },
});
