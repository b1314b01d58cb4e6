import type { WebhookEvent } from '@runledger/contracts';
import { type Outcome, refuse } from '@runledger/kernel';
import { type Decision, decided, nothingToDo } from './decision';
import type { Webhook, WebhookChange } from './webhook';

type Wish = 'active' | 'disabled';

/** Members that are absent stay as they are. */
export type WebhookMembers = Readonly<{
  as?: string | undefined;
  description?: string | undefined;
  url?: string | undefined;
  events?: readonly WebhookEvent[] | undefined;
  /** Where its new secret is kept; null: none any more. */
  secret?: string | null | undefined;
  status?: Wish | undefined;
}>;

export type WebhookCommand =
  | Readonly<{
      name: 'create-webhook';
      webhook: string;
      as: string;
      description: string;
      url: string;
      events: readonly WebhookEvent[];
      secret: string | null;
      status: Wish;
    }>
  | (Readonly<{ name: 'change-webhook'; webhook: string }> & WebhookMembers)
  | Readonly<{ name: 'pause-webhook'; webhook: string; reason: string }>
  | Readonly<{ name: 'replay-webhook'; webhook: string; after: number }>
  | Readonly<{ name: 'delete-webhook'; webhook: string }>;

export type WebhookRefusal = 'WEBHOOK_UNKNOWN' | 'WEBHOOK_EXISTS';

export const webhookSubject = (webhook: string): string => `webhook/${webhook}`;

type Decided = Outcome<Decision<WebhookChange>, WebhookRefusal>;

function create(command: Extract<WebhookCommand, { name: 'create-webhook' }>, { status }: Webhook): Decided {
  if (status !== 'unseen') return refuse('WEBHOOK_EXISTS', 'there is another webhook with this id');
  const { webhook, as, description, url, events, secret, status: wish } = command;
  const data = { webhook, name: as, description, url, events: [...events], secret, status: wish };
  return decided([{ type: 'webhook.created', data }]);
}

const same = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((one) => b.includes(one));

/** The members that a command says and that are not so already. */
function fresh<T extends object>(said: T, held: Readonly<Record<keyof T, unknown>>): Partial<T> {
  const entries = Object.entries(said).filter(
    ([name, value]) => value !== undefined && value !== held[name as keyof T],
  );
  return Object.fromEntries(entries) as Partial<T>;
}

function change(command: Extract<WebhookCommand, { name: 'change-webhook' }>, held: Webhook): Decided {
  const { webhook, as: name, description, url, events: list, secret, status } = command;
  const events = list === undefined || same(list, held.events) ? undefined : [...list];
  const data = fresh({ name, description, url, events, secret, status }, held);
  return Object.keys(data).length === 0
    ? nothingToDo()
    : decided([{ type: 'webhook.changed', data: { webhook, ...data } }]);
}

/** Pure, as decideExperiment is. */
export function decideWebhook(command: WebhookCommand, held: Webhook): Decided {
  if (command.name === 'create-webhook') return create(command, held);
  if (held.status === 'unseen' || held.status === 'deleted')
    return refuse('WEBHOOK_UNKNOWN', 'there is no such webhook');
  const { webhook } = command;
  switch (command.name) {
    case 'change-webhook':
      return change(command, held);
    case 'pause-webhook':
      if (held.status !== 'active') return nothingToDo();
      return decided([{ type: 'webhook.paused', data: { webhook, reason: command.reason } }]);
    case 'replay-webhook':
      return decided([{ type: 'webhook.replayed', data: { webhook, after: command.after } }]);
    case 'delete-webhook':
      return decided([{ type: 'webhook.deleted', data: { webhook } }]);
    default:
      return command satisfies never;
  }
}
