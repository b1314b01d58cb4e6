import type { Reach } from '@runledger/contracts';
import type { DataSource } from 'typeorm';
import { readFeed } from './feed';

/** How far a webhook's receiver has got. Times are ms since 1970. */
export type DeliveryState = Readonly<{
  /** Everything up to this place of the feed was delivered, or was not for it. */
  place: number;
  /** Place of the newest entry of the feed. */
  head: number;
  /** In a row. */
  failures: number;
  nextAt: number | null;
  lastAt: number | null;
  lastStatus: number | null;
  lastError: string | null;
  deliveredAt: number | null;
}>;

type Row = {
  webhook: string;
  place: string;
  head: string;
  failures: number;
  next_at: Date;
  last_at: Date | null;
  last_status: number | null;
  last_error: string | null;
  delivered_at: Date | null;
};

const stateOf = (row: Row): DeliveryState => ({
  place: Number(row.place),
  head: Number(row.head),
  failures: row.failures,
  nextAt: row.failures === 0 ? null : row.next_at.getTime(),
  lastAt: row.last_at?.getTime() ?? null,
  lastStatus: row.last_status,
  lastError: row.last_error,
  deliveredAt: row.delivered_at?.getTime() ?? null,
});

/** By webhook; one that the courier has not seen yet has none. */
async function readDeliveryStates(
  source: DataSource,
  workspace: string,
  webhooks: readonly string[],
): Promise<ReadonlyMap<string, DeliveryState>> {
  const rows: Row[] = await source.query(
    `select e.webhook, e.place, coalesce(h.place, 0) as head, e.failures, e.next_at, e.last_at, e.last_status, e.last_error,
       e.delivered_at
     from custody.webhook_endpoint e left join custody.webhook_head h using (workspace)
     where e.workspace = $1 and e.webhook = any($2::text[])`,
    [workspace, webhooks],
  );
  return new Map(rows.map((row) => [row.webhook, stateOf(row)]));
}

/** What doors that read show of webhooks, besides what they are. */
export const createWebhookReads = (source: DataSource) => ({
  readDeliveryStates: (workspace: string, webhooks: readonly string[]) =>
    readDeliveryStates(source, workspace, webhooks),
  readFeed: (reach: Reach, after: number, limit: number) => readFeed(source, reach, after, limit),
});
export type WebhookReads = ReturnType<typeof createWebhookReads>;
