import type { ChangeOf, WEBHOOK_DECISIONS, WebhookEvent, WebhookStatus } from '@runledger/contracts';

export type WebhookChange = ChangeOf<typeof WEBHOOK_DECISIONS>;

export type Webhook = Readonly<{
  status: 'unseen' | WebhookStatus | 'deleted';
  name: string;
  description: string;
  url: string;
  events: readonly WebhookEvent[];
  /** Where its secret is kept; null: what it gets is not signed. */
  secret: string | null;
  /** Why it is paused. */
  reason: string | null;
}>;
export const unseenWebhook: Webhook = {
  status: 'unseen',
  name: '',
  description: '',
  url: '',
  events: [],
  secret: null,
  reason: null,
};

function change(webhook: Webhook, data: Extract<WebhookChange, { type: 'webhook.changed' }>['data']): Webhook {
  const { name, description, url, events, secret, status } = data;
  return {
    name: name ?? webhook.name,
    description: description ?? webhook.description,
    url: url ?? webhook.url,
    events: events ?? webhook.events,
    secret: secret === undefined ? webhook.secret : secret,
    status: status ?? webhook.status,
    reason: status === undefined ? webhook.reason : null,
  };
}

/** Total: what was decided is never decided again. */
export function evolveWebhook(webhook: Webhook, event: WebhookChange): Webhook {
  switch (event.type) {
    case 'webhook.created': {
      const { name, description, url, events, secret, status } = event.data;
      return { status, name, description, url, events, secret, reason: null };
    }
    case 'webhook.changed':
      return change(webhook, event.data);
    case 'webhook.paused':
      return { ...webhook, status: 'paused', reason: event.data.reason };
    case 'webhook.replayed':
      return webhook;
    case 'webhook.deleted':
      return { ...webhook, status: 'deleted' };
    default:
      return event satisfies never;
  }
}
