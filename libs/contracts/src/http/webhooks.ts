import { z } from 'zod';
import { objectiveScope } from '../governance-names';
import { WEBHOOK_EVENTS } from '../webhook-names';
import { page, time } from './answers';

const place = z.int().min(0);

const delivery = z.strictObject({
  place: place.describe('everything up to this place of the feed was delivered, or was not for it'),
  head: place.describe('place of the newest entry of the feed'),
  failures: z.int().min(0).describe('in a row'),
  nextAt: time.nullable().describe('when it is tried again'),
  lastAt: time.nullable(),
  lastStatus: z.int().nullable().describe('null: there was no answer'),
  lastError: z.string().nullable(),
  deliveredAt: time.nullable(),
});

export const webhookAnswer = z.strictObject({
  webhook: z.string(),
  name: z.string(),
  description: z.string(),
  url: z.string(),
  events: z.array(z.enum(WEBHOOK_EVENTS)),
  condition: z.string().nullable().describe('of metrics: told when it first holds of a run'),
  scope: objectiveScope.nullable().describe('the runs whose thresholds and objectives it is told of; null: all'),
  signed: z.boolean().describe('whether it has a secret, which is shown to nobody'),
  status: z.enum(['active', 'disabled', 'paused']),
  reason: z.string().nullable().describe('why it is paused'),
  createdAt: time.nullable(),
  updatedAt: time,
  delivery: delivery.nullable().describe('null until the courier has seen the webhook'),
});
export const webhooksAnswer = page({ webhooks: z.array(webhookAnswer) });

export const webhookEntriesAnswer = page({
  entries: z.array(
    z.strictObject({
      place: place.describe('replay-webhook sends what comes after a place'),
      event: z.enum(WEBHOOK_EVENTS),
      webhook: z.string().nullable().describe('whom it is for; null: whoever asks for the event'),
      recordedAt: time,
      body: z.string().describe('as it is sent'),
    }),
  ),
});
