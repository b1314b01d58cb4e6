import type { WebhookRecord } from '@runledger/postgres';
import type { DeliveryState, FeedEntry } from '@runledger/webhooks';
import { at, maybeAt } from './answers';

const deliveryAnswerOf = ({ place, head, failures, lastStatus, lastError, ...times }: DeliveryState) => ({
  place,
  head,
  failures,
  nextAt: maybeAt(times.nextAt),
  lastAt: maybeAt(times.lastAt),
  lastStatus,
  lastError,
  deliveredAt: maybeAt(times.deliveredAt),
});

export const webhookAnswerOf = ({ id, value }: WebhookRecord, state: DeliveryState | undefined) => ({
  webhook: id,
  name: value.name,
  description: value.description,
  url: value.url,
  events: value.events,
  condition: value.condition ?? null,
  scope: value.scope ?? null,
  signed: value.secret !== null,
  status: value.status,
  reason: value.reason,
  createdAt: maybeAt(value.createdAt),
  updatedAt: at(value.changedAt),
  delivery: state === undefined ? null : deliveryAnswerOf(state),
});

export const webhookEntryOf = ({ place, event, webhook, recordedAt, body }: FeedEntry) => ({
  place,
  event,
  webhook,
  recordedAt: recordedAt.toISOString(),
  body,
});
