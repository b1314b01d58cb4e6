import {
  decideWebhook,
  evolveWebhook,
  unseenWebhook,
  type Webhook,
  type WebhookChange,
  type WebhookCommand,
  type WebhookRefusal,
  webhookSubject,
} from '@runledger/domain';
import { needsNothing, type RefusalKinds, refusing } from './refusals';
import type { Rules } from './rules';

const KINDS: RefusalKinds<WebhookRefusal> = {
  WEBHOOK_UNKNOWN: 'missing',
  WEBHOOK_EXISTS: 'conflict',
  WEBHOOK_BAD_CONDITION: 'invalid',
  WEBHOOK_BAD_SCOPE: 'invalid',
};

/** `secret`: where the one that holds now is kept. */
export type WebhookResult = Readonly<{
  webhook: string;
  status: 'active' | 'disabled' | 'paused' | 'deleted';
  secret: string | null;
}>;

/** How commands about webhooks are answered; what becomes of them is the domain's. */
export const webhookRules: Rules<WebhookCommand, Webhook, WebhookChange, WebhookResult> = {
  subject: ({ webhook }) => webhookSubject(webhook),
  initial: unseenWebhook,
  evolve: evolveWebhook,
  decide: decideWebhook,
  result: ({ webhook }, { status, secret }) => ({ webhook, status: status === 'unseen' ? 'deleted' : status, secret }),
  taken: needsNothing,
  absent: needsNothing,
  refused: refusing(KINDS),
};
