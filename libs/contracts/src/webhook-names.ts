import { z } from 'zod';
import { text } from './names';

/** What a webhook can be told of. The first six are MLflow's; a run's three are its outcomes; the rest is measured. */
export const WEBHOOK_EVENTS = [
  'registered_model.created',
  'model_version.created',
  'model_version_tag.set',
  'model_version_tag.deleted',
  'model_version_alias.created',
  'model_version_alias.deleted',
  'run.finished',
  'run.failed',
  'run.killed',
  'metric_threshold.crossed',
  'objective.met',
  'objective.missed',
  'objective.unmeasured',
] as const;
export type WebhookEvent = (typeof WEBHOOK_EVENTS)[number];
/** Of its own webhook alone: the first point of a run at which that webhook's condition holds. */
export const THRESHOLD_EVENT = 'metric_threshold.crossed' satisfies WebhookEvent;
/** What each objective of a run came to when the run had ended. */
export const OBJECTIVE_EVENTS = {
  met: 'objective.met',
  missed: 'objective.missed',
  'no value': 'objective.unmeasured',
} as const satisfies Record<string, WebhookEvent>;

const NAME = /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/;
export const webhookName = z.string().regex(NAME, {
  error: 'must be 1 to 63 of A-Z a-z 0-9 . _ - and begin and end with a letter or digit',
});

function isWebhookUrl(url: string): boolean {
  if (!URL.canParse(url) || /\s/.test(url)) return false;
  const { protocol, username, password, hash } = new URL(url);
  return (protocol === 'https:' || protocol === 'http:') && username === '' && password === '' && hash === '';
}
export const webhookUrl = text(500).refine(isWebhookUrl, {
  error: 'must be a URL of https (or http, to allowed ranges), without a user and a fragment',
});

export const webhookEvents = z
  .array(z.enum(WEBHOOK_EVENTS))
  .min(1)
  .max(WEBHOOK_EVENTS.length)
  .refine((events) => new Set(events).size === events.length, { error: 'must name each event once' });

export const webhookDescription = text(1_000);

/** Comparisons of metrics in the language of searches; what it may say is libs/webhooks' to check. */
export const webhookCondition = text(1_000).min(1);
