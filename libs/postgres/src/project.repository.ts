import { holdsProject, type ProjectRow, type Reach } from '@runledger/contracts';
import type { DataSource } from 'typeorm';
import type { AsOf } from './as-of';
import { type CatalogRecord, readCatalog } from './catalog-reads';
import { CATALOG_TABLES } from './catalog-tables';
import { reachedAmong } from './reach-sql';

export type ProjectRecord = CatalogRecord<ProjectRow>;

export const createProjectReads = (source: DataSource) => ({
  /** Newest first; `after` is the `createdSeq` of the last one of the page before. */
  listProjects: (
    reach: Reach,
    { after, limit, asOf }: { after?: number | undefined; limit: number; asOf?: AsOf | undefined },
  ): Promise<ProjectRecord[]> => {
    const all: unknown[] = [reach.workspace, after ?? null];
    const where = `($2::int8 is null or t.created_seq < $2) and ${reachedAmong('t.project', reach, all)}`;
    const [, ...params] = all;
    const asked = { where, params, order: 't.created_seq desc', limit, asOf };
    return readCatalog(source, CATALOG_TABLES.project, reach.workspace, asked);
  },

  async getProject(reach: Reach, project: string, asOf?: AsOf): Promise<ProjectRecord | null> {
    if (!holdsProject(reach.projects, project)) return null;
    const rows = await readCatalog(source, CATALOG_TABLES.project, reach.workspace, {
      where: 't.project = $2',
      params: [project],
      order: 't.from_off',
      limit: 1,
      asOf,
    });
    return rows[0] ?? null;
  },
});
