import type { Principal } from '@runledger/access';
import { webhookDescription, webhookName, webhookUrl } from '@runledger/contracts';
import { Fault, uuidv7 } from '@runledger/kernel';
import type { WebhookRecord } from '@runledger/postgres';
import type { SaidWebhookCommand } from '@runledger/webhooks';
import { z } from 'zod';
import type { MlflowRoom } from './mlflow-room';
import { defineRoute, type MlflowRoute } from './mlflow-route';
import { whole } from './request-fields';
import { eventField, eventOf, isTheirs, statusField, webhookAnswer, webhookAnswerOf } from './webhook-answer';

const DEFAULT_LISTED = 100;
const MOST_LISTED = 1_000;
const MOST_EVENTS = 100;

const guarded = { permission: 'webhooks:write' } as const;
const read = { permission: 'webhooks:read' } as const;
const one = z.object({ webhook: webhookAnswer });
const named = z.object({ webhook_id: z.string() });
const events = z.array(eventField).min(1).max(MOST_EVENTS);
const secret = z.string().max(1_000);

const noWebhook = (id: string): Fault =>
  new Fault('missing', 'MLFLOW_NO_WEBHOOK', `Webhook with ID ${id.slice(0, 128)} not found.`);

/** Reads what everybody has been told before. One of events that MLflow has no name for is not there for its clients. */
async function webhookOf({ settle, metadata }: MlflowRoom, workspace: string, id: string): Promise<WebhookRecord> {
  await settle({ workspace, uses: ['catalog'] });
  const found = await metadata.getWebhook(workspace, id);
  if (found === null || !found.value.events.some(isTheirs)) throw noWebhook(id);
  return found;
}

const answerOf = async (room: MlflowRoom, workspace: string, id: string) => ({
  webhook: webhookAnswerOf(await webhookOf(room, workspace, id)),
});

/** Its id is new, since MLflow's clients have none. */
const commandWebhook = ({ webhooks }: MlflowRoom, who: Principal, said: SaidWebhookCommand) =>
  webhooks.run(who, { id: uuidv7(), fields: said, said });

const unique = <T>(values: readonly T[]): T[] => [...new Set(values)];

export const WEBHOOK_ROUTES: readonly MlflowRoute[] = [
  defineRoute('POST 2.0/mlflow/webhooks', {
    ...guarded,
    summary: 'Have events of the registry sent to a URL',
    request: z.object({
      name: webhookName,
      url: webhookUrl,
      events,
      description: webhookDescription.default(''),
      secret: secret.optional(),
      status: statusField.default('active'),
    }),
    answer: one,
    async run(room, who, { name: as, events: said, ...more }) {
      const webhook = uuidv7();
      const command = { name: 'create-webhook', webhook, as, events: unique(said.map(eventOf)), ...more } as const;
      await commandWebhook(room, who, command);
      return answerOf(room, who.workspace, webhook);
    },
  }),
  defineRoute('GET 2.0/mlflow/webhooks', {
    ...read,
    summary: 'Webhooks, newest first',
    request: z.object({
      max_results: whole(1, MOST_LISTED).default(DEFAULT_LISTED),
      page_token: z.string().optional(),
    }),
    answer: z.object({ webhooks: z.array(webhookAnswer), next_page_token: z.string().optional() }),
    async run(room, who, { max_results: limit, page_token }) {
      const { workspace } = who;
      const list = ['mlflow-webhooks', workspace];
      const after = room.pages.open(list, page_token || undefined, z.int());
      await room.settle({ workspace, uses: ['catalog'] });
      const rows = await room.metadata.listWebhooks(who, { after, limit: limit + 1 });
      const shown = rows.slice(0, limit);
      const last = rows.length > limit ? shown.at(-1) : undefined;
      return {
        webhooks: shown.filter(({ value }) => value.events.some(isTheirs)).map(webhookAnswerOf),
        next_page_token: last === undefined ? undefined : room.pages.seal(list, last.value.createdSeq),
      };
    },
  }),
  defineRoute('GET 2.0/mlflow/webhooks/:webhook_id', {
    ...read,
    summary: 'One webhook',
    request: named,
    answer: one,
    run: (room, { workspace }, { webhook_id }) => answerOf(room, workspace, webhook_id),
  }),
  defineRoute('PATCH 2.0/mlflow/webhooks/:webhook_id', {
    ...guarded,
    summary: 'Change a webhook; an empty secret takes the signature away',
    request: named.extend({
      name: webhookName.optional(),
      url: webhookUrl.optional(),
      events: z.array(eventField).max(MOST_EVENTS).optional(),
      description: webhookDescription.optional(),
      secret: secret.optional(),
      status: statusField.optional(),
    }),
    answer: one,
    async run(room, who, { webhook_id: webhook, name: as, events: said = [], ...more }) {
      const held = await webhookOf(room, who.workspace, webhook);
      const others = held.value.events.filter((event) => !isTheirs(event));
      const wanted = said.length === 0 ? undefined : unique([...said.map(eventOf), ...others]);
      await commandWebhook(room, who, { name: 'change-webhook', webhook, as, events: wanted, ...more });
      return answerOf(room, who.workspace, webhook);
    },
  }),
  defineRoute('DELETE 2.0/mlflow/webhooks/:webhook_id', {
    ...guarded,
    summary: 'Send nothing there any more',
    request: named,
    answer: z.object({}),
    async run(room, who, { webhook_id: webhook }) {
      await webhookOf(room, who.workspace, webhook);
      await commandWebhook(room, who, { name: 'delete-webhook', webhook });
      return {};
    },
  }),
  defineRoute('POST 2.0/mlflow/webhooks/:webhook_id/test', {
    ...guarded,
    summary: 'Send an example at once, and say what came of it',
    request: named.extend({ event: eventField.optional() }),
    answer: z.object({
      result: z.object({
        success: z.boolean(),
        response_status: z.number().optional(),
        response_body: z.string().optional(),
        error_message: z.string().optional(),
      }),
    }),
    async run(room, { workspace }, { webhook_id, event }) {
      const { id, value } = await webhookOf(room, workspace, webhook_id);
      const first = value.events.find(isTheirs) ?? 'registered_model.created';
      const asked = event === undefined ? first : eventOf(event);
      const { delivered, status, body, error } = await room.webhooks.tryOut(workspace, id, value, asked);
      return {
        result:
          status === null
            ? { success: false, error_message: `Failed to test webhook: ${error}` }
            : { success: delivered, response_status: status, response_body: body },
      };
    },
  }),
];
