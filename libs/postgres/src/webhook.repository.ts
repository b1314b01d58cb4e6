import type { Reach, WebhookRow } from '@runledger/contracts';
import type { DataSource } from 'typeorm';
import { type CatalogRecord, readCatalog } from './catalog-reads';
import { CATALOG_TABLES } from './catalog-tables';
import { reachedAmong } from './reach-sql';

/** Where the runs lie that it is told of; null: everywhere. */
const PROJECT = `(case t.scope ->> 'kind' when 'project' then t.scope ->> 'id' else (select e.project from read.experiment e
  where e.workspace = t.workspace and e.experiment = t.scope ->> 'id' and e.to_off is null) end)`;

export type WebhookRecord = CatalogRecord<WebhookRow>;

export const createWebhookReads = (source: DataSource) => ({
  /** Newest first; `after` is the `createdSeq` of the last one of the page before. Of who is kept to projects: those for runs in them. */
  listWebhooks(
    reach: Reach,
    { after, limit }: { after?: number | undefined; limit: number },
  ): Promise<WebhookRecord[]> {
    const all: unknown[] = [reach.workspace, after ?? null];
    const where = `($2::int8 is null or t.created_seq < $2) and ${reachedAmong(PROJECT, reach, all)}`;
    const [, ...params] = all;
    const asked = { where, params, order: 't.created_seq desc', limit };
    return readCatalog(source, CATALOG_TABLES.webhook, reach.workspace, asked);
  },

  async getWebhook(workspace: string, webhook: string): Promise<WebhookRecord | null> {
    const rows = await readCatalog(source, CATALOG_TABLES.webhook, workspace, {
      where: 't.webhook = $2',
      params: [webhook],
      order: 't.from_off',
      limit: 1,
    });
    return rows[0] ?? null;
  },
});
