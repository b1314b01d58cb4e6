import { type DecisionOf, WEBHOOK_DECISIONS, type WebhookRow } from '@runledger/contracts';
import { evolveWebhook, unseenWebhook, type Webhook } from '@runledger/domain';
import { decidedBy, defineFolder } from './catalog-folder';

const stateOf = (row: WebhookRow | undefined): Webhook =>
  row === undefined ? unseenWebhook : { ...row, condition: row.condition ?? null, scope: row.scope ?? null };

export const webhookFolder = defineFolder<DecisionOf<typeof WEBHOOK_DECISIONS>, WebhookRow>({
  types: WEBHOOK_DECISIONS,
  keys: ({ workspace, event }) => [{ workspace, id: event.data.webhook, name: '' }],
  evolve(row, decision) {
    const { status, ...webhook } = evolveWebhook(stateOf(row), decision.event);
    if (status === 'unseen' || status === 'deleted') return null;
    const { name, description, url, events, secret, reason, condition, scope } = webhook;
    return {
      name,
      description,
      url,
      events,
      secret,
      status,
      reason,
      ...(condition === null ? {} : { condition }),
      ...(scope === null ? {} : { scope }),
      changedAt: Date.parse(decision.event.time),
      ...decidedBy(row, decision, 'webhook.created'),
    };
  },
});
