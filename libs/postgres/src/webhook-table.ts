import type { WebhookRow } from '@runledger/contracts';
import { pgTime } from './columns';
import { decidedColumns, readDecided } from './decided-columns';
import { column, defineHistoryTable } from './history-table';

export const webhook = defineHistoryTable<WebhookRow>({
  table: 'read.webhook',
  id: 'webhook',
  name: null,
  columns: [
    column('name', 'text', (r) => r.name),
    column('description', 'text', (r) => r.description),
    column('url', 'text', (r) => r.url),
    column('events', 'jsonb', (r) => JSON.stringify(r.events)),
    column('secret', 'text', (r) => r.secret),
    column('status', 'text', (r) => r.status),
    column('reason', 'text', (r) => r.reason),
    column('changed_at', 'timestamptz', (r) => pgTime(r.changedAt)),
    ...decidedColumns<WebhookRow>(),
  ],
  read: (raw) => ({
    name: raw['name'] as string,
    description: raw['description'] as string,
    url: raw['url'] as string,
    events: raw['events'] as WebhookRow['events'],
    secret: raw['secret'] as string | null,
    status: raw['status'] as WebhookRow['status'],
    reason: raw['reason'] as string | null,
    changedAt: Number(raw['changed_at']),
    ...readDecided(raw),
  }),
});
