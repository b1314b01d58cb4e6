import { OBJECTIVE_EVENTS, type ObjectiveScope, THRESHOLD_EVENT, type WebhookEvent } from '@runledger/contracts';
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
  /** Null: none any more. */
  condition?: string | null | undefined;
  /** Null: all runs of the workspace. */
  scope?: ObjectiveScope | null | undefined;
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
      condition?: string | undefined;
      scope?: ObjectiveScope | undefined;
    }>
  | (Readonly<{ name: 'change-webhook'; webhook: string }> & WebhookMembers)
  | Readonly<{ name: 'pause-webhook'; webhook: string; reason: string }>
  | Readonly<{ name: 'replay-webhook'; webhook: string; after: number }>
  | Readonly<{ name: 'delete-webhook'; webhook: string }>;

export type WebhookRefusal = 'WEBHOOK_UNKNOWN' | 'WEBHOOK_EXISTS' | 'WEBHOOK_BAD_CONDITION' | 'WEBHOOK_BAD_SCOPE';

export const webhookSubject = (webhook: string): string => `webhook/${webhook}`;

type Decided = Outcome<Decision<WebhookChange>, WebhookRefusal>;

/** Events that tell of one run's measurements, so that they can be narrowed to some runs. */
const MEASURED: ReadonlySet<WebhookEvent> = new Set([THRESHOLD_EVENT, ...Object.values(OBJECTIVE_EVENTS)]);

/** A condition is there where it is told of, and nowhere else; a scope narrows all that is told, or there is none. */
function misfit({ events, condition, scope }: Pick<Webhook, 'events' | 'condition' | 'scope'>): Decided | null {
  if (events.includes(THRESHOLD_EVENT) !== (condition !== null))
    return refuse('WEBHOOK_BAD_CONDITION', `a condition and ${THRESHOLD_EVENT} among the events need each other`);
  if (scope !== null && !events.every((event) => MEASURED.has(event)))
    return refuse(
      'WEBHOOK_BAD_SCOPE',
      'a scope is for thresholds and objectives: ask for other events by another webhook',
    );
  return null;
}

function create(command: Extract<WebhookCommand, { name: 'create-webhook' }>, { status }: Webhook): Decided {
  if (status !== 'unseen') return refuse('WEBHOOK_EXISTS', 'there is another webhook with this id');
  const { webhook, as, description, url, events, secret, status: wish, condition, scope } = command;
  const more = { ...(condition === undefined ? {} : { condition }), ...(scope === undefined ? {} : { scope }) };
  const data = { webhook, name: as, description, url, events: [...events], secret, status: wish, ...more };
  return (
    misfit({ events, condition: condition ?? null, scope: scope ?? null }) ??
    decided([{ type: 'webhook.created', data }])
  );
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

const sameScope = (a: ObjectiveScope | null, b: ObjectiveScope | null): boolean =>
  a?.kind === b?.kind && a?.id === b?.id;

function change(command: Extract<WebhookCommand, { name: 'change-webhook' }>, held: Webhook): Decided {
  const { webhook, as: name, description, url, events: list, secret, status, condition } = command;
  const events = list === undefined || same(list, held.events) ? undefined : [...list];
  const scope = command.scope === undefined || sameScope(command.scope, held.scope) ? undefined : command.scope;
  const data = fresh({ name, description, url, events, secret, status, condition, scope }, held);
  const wrong = misfit({
    events: events ?? held.events,
    condition: condition === undefined ? held.condition : condition,
    scope: scope === undefined ? held.scope : scope,
  });
  if (wrong !== null) return wrong;
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
