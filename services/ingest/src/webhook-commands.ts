import {
  entityId,
  objectiveScope,
  webhookCondition,
  webhookDescription,
  webhookEvents,
  webhookName,
  webhookUrl,
} from '@runledger/contracts';
import { uuidv7 } from '@runledger/kernel';
import type { SaidWebhookCommand } from '@runledger/webhooks';
import { z } from 'zod';
import { answerOf, type CommandRoute, readCommand } from './command-route';

const secret = z
  .string()
  .max(1_000)
  .describe('signs what is sent; kept sealed and shown to nobody. Empty: nothing is signed');
const status = z.enum(['active', 'disabled']);
const condition = webhookCondition.describe(
  'for metric_threshold.crossed: metrics compared with numbers in the language of searches, as in `metrics.loss < 0.1`; told once a run',
);
const scope = objectiveScope.describe('only thresholds and objectives of runs in this project or experiment');

const result = z.strictObject({
  webhook: z.string(),
  status: z.enum(['active', 'disabled', 'paused', 'deleted']),
});

type Fields<Shape extends z.ZodRawShape> = z.output<z.ZodObject<Shape, z.core.$strict>>;
type Parts<Shape extends z.ZodRawShape> = Readonly<{
  summary: string;
  fields: Shape;
  say(fields: Fields<Shape>): SaidWebhookCommand;
}>;

/** As other commands are, but a secret goes to custody before anything is decided. */
function defineWebhookCommand<Shape extends z.ZodRawShape>(name: string, parts: Parts<Shape>): CommandRoute {
  const { fields, summary, say } = parts;
  const shape = z.strictObject({ id: entityId.optional(), ...fields });
  return {
    name,
    summary,
    permission: 'webhooks:write',
    fields: shape,
    answer: z.strictObject({ command: z.string(), result, position: z.string() }),
    async run(room, who, body) {
      const { id = uuidv7(), ...rest } = readCommand(shape, body);
      const said = say(rest as Fields<Shape>);
      return answerOf(room, who, id, await room.webhooks.run(who, { id, fields: rest, said }));
    },
  };
}

export const WEBHOOK_COMMANDS: readonly CommandRoute[] = [
  defineWebhookCommand('create-webhook', {
    summary: 'Have events sent to a URL from now on, signed with a secret, each at least once and in order',
    fields: {
      webhook: entityId.optional(),
      name: webhookName,
      description: webhookDescription.default(''),
      url: webhookUrl,
      events: webhookEvents,
      secret: secret.optional(),
      status: status.default('active'),
      condition: condition.optional(),
      scope: scope.optional(),
    },
    say: ({ webhook = uuidv7(), name: as, ...more }) => ({ name: 'create-webhook', webhook, as, ...more }),
  }),
  defineWebhookCommand('change-webhook', {
    summary:
      'Change what is said; a paused webhook that is made active goes on where it stopped, a disabled one with what comes now',
    fields: {
      webhook: entityId,
      name: webhookName.optional(),
      description: webhookDescription.optional(),
      url: webhookUrl.optional(),
      events: webhookEvents.optional(),
      secret: secret.optional(),
      status: status.optional(),
      condition: condition.nullable().optional(),
      scope: scope.nullable().optional(),
    },
    say: ({ name: as, ...more }) => ({ name: 'change-webhook', as, ...more }),
  }),
  defineWebhookCommand('replay-webhook', {
    summary: 'Send again what comes after a place of the feed; a receiver knows a repetition by its delivery id',
    fields: { webhook: entityId, after: z.int().min(0) },
    say: (fields) => ({ name: 'replay-webhook', ...fields }),
  }),
  defineWebhookCommand('delete-webhook', {
    summary: 'Send nothing there any more, and forget the secret',
    fields: { webhook: entityId },
    say: ({ webhook }) => ({ name: 'delete-webhook', webhook }),
  }),
];
