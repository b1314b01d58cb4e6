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
    column('condition', 'text', (r) => r.condition ?? null),
    column('scope', 'jsonb', (r) => (r.scope === undefined ? null : JSON.stringify(r.scope))),
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
    ...(raw['condition'] === null ? {} : { condition: raw['condition'] as string }),
    ...(raw['scope'] === null ? {} : { scope: raw['scope'] as NonNullable<WebhookRow['scope']> }),
    changedAt: Number(raw['changed_at']),
    ...readDecided(raw),
  }),
});
