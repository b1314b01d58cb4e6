import type { WebhookRow } from '@runledger/contracts';
import type { DataSource } from 'typeorm';
import { type CatalogRecord, readCatalog } from './catalog-reads';
import { CATALOG_TABLES } from './catalog-tables';

export type WebhookRecord = CatalogRecord<WebhookRow>;

export const createWebhookReads = (source: DataSource) => ({
  /** Newest first; `after` is the `createdSeq` of the last one of the page before. */
  listWebhooks: (
    workspace: string,
    { after, limit }: { after?: number | undefined; limit: number },
  ): Promise<WebhookRecord[]> =>
    readCatalog(source, CATALOG_TABLES.webhook, workspace, {
      where: '$2::int8 is null or t.created_seq < $2',
      params: [after ?? null],
      order: 't.created_seq desc',
      limit,
    }),

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
