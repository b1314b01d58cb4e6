import { type DecisionOf, WEBHOOK_DECISIONS, type WebhookRow } from '@runledger/contracts';
import { evolveWebhook, unseenWebhook } from '@runledger/domain';
import { decidedBy, defineFolder } from './catalog-folder';

export const webhookFolder = defineFolder<DecisionOf<typeof WEBHOOK_DECISIONS>, WebhookRow>({
  types: WEBHOOK_DECISIONS,
  keys: ({ workspace, event }) => [{ workspace, id: event.data.webhook, name: '' }],
  evolve(row, decision) {
    const { status, ...webhook } = evolveWebhook(row ?? unseenWebhook, decision.event);
    if (status === 'unseen' || status === 'deleted') return null;
    const { name, description, url, events, secret, reason } = webhook;
    return {
      name,
      description,
      url,
      events,
      secret,
      status,
      reason,
      changedAt: Date.parse(decision.event.time),
      ...decidedBy(row, decision, 'webhook.created'),
    };
  },
});
