import type { ChangeOf, ObjectiveScope, WEBHOOK_DECISIONS, WebhookEvent, WebhookStatus } from '@runledger/contracts';

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
  /** Comparisons of metrics; it is told when they first hold of a run. */
  condition: string | null;
  /** The runs whose thresholds and objectives it is told of; null: all. */
  scope: ObjectiveScope | null;
}>;
export const unseenWebhook: Webhook = {
  status: 'unseen',
  name: '',
  description: '',
  url: '',
  events: [],
  secret: null,
  reason: null,
  condition: null,
  scope: null,
};

function change(webhook: Webhook, data: Extract<WebhookChange, { type: 'webhook.changed' }>['data']): Webhook {
  const { name, description, url, events, secret, status, condition, scope } = data;
  return {
    name: name ?? webhook.name,
    description: description ?? webhook.description,
    url: url ?? webhook.url,
    events: events ?? webhook.events,
    secret: secret === undefined ? webhook.secret : secret,
    status: status ?? webhook.status,
    reason: status === undefined ? webhook.reason : null,
    condition: condition === undefined ? webhook.condition : condition,
    scope: scope === undefined ? webhook.scope : scope,
  };
}

/** Total: what was decided is never decided again. */
export function evolveWebhook(webhook: Webhook, event: WebhookChange): Webhook {
  switch (event.type) {
    case 'webhook.created': {
      const { condition = null, scope = null, ...said } = event.data;
      const { status, name, description, url, events, secret } = said;
      return { status, name, description, url, events, secret, reason: null, condition, scope };
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
