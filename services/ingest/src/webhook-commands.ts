import type { Principal } from '@runledger/access';
import {
  entityId,
  isEveryProject,
  objectiveScope,
  webhookCondition,
  webhookDescription,
  webhookEvents,
  webhookName,
  webhookUrl,
} from '@runledger/contracts';
import { Fault, uuidv7 } from '@runledger/kernel';
import type { SaidWebhookCommand } from '@runledger/webhooks';
import { z } from 'zod';
import { answerOf, type CommandRoute, readCommand } from './command-route';
import { type About, keepCommandToReach } from './keep-command-to-reach';

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
  /** What it is about, for callers who are kept to projects. */
  about(fields: Fields<Shape>): readonly About[];
  say(fields: Fields<Shape>): SaidWebhookCommand;
}>;

/** A webhook without a scope is told of the whole workspace. @throws Fault forbidden INGEST_NEEDS_SCOPE */
function keepScope({ projects }: Principal, fields: Readonly<{ scope?: unknown }>, isNew: boolean): void {
  if (isEveryProject(projects)) return;
  if (fields.scope === null || (isNew && fields.scope === undefined))
    throw new Fault(
      'forbidden',
      'INGEST_NEEDS_SCOPE',
      'you are kept to some projects: give the webhook a scope in them',
    );
}

/** As other commands are, but a secret goes to custody before anything is decided. */
function defineWebhookCommand<Shape extends z.ZodRawShape>(name: string, parts: Parts<Shape>): CommandRoute {
  const { fields, summary, about, say } = parts;
  const shape = z.strictObject({ id: entityId.optional(), ...fields });
  return {
    name,
    summary,
    permission: 'webhooks:write',
    level: 'project',
    fields: shape,
    answer: z.strictObject({ command: z.string(), result, position: z.string() }),
    async run(room, who, body) {
      const { id = uuidv7(), ...rest } = readCommand(shape, body);
      const asked = rest as Fields<Shape>;
      keepScope(who, asked, name === 'create-webhook');
      await keepCommandToReach(room.places, who, about(asked));
      const said = say(asked);
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
    about: ({ webhook: id, scope: within }) => [
      ...(within === undefined ? [] : [within]),
      ...(id === undefined ? [] : [{ kind: 'webhook' as const, id, new: true }]),
    ],
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
    about: ({ webhook: id, scope: within }) => [{ kind: 'webhook', id }, ...(within ? [within] : [])],
    say: ({ name: as, ...more }) => ({ name: 'change-webhook', as, ...more }),
  }),
  defineWebhookCommand('replay-webhook', {
    summary: 'Send again what comes after a place of the feed; a receiver knows a repetition by its delivery id',
    fields: { webhook: entityId, after: z.int().min(0) },
    about: ({ webhook: id }) => [{ kind: 'webhook', id }],
    say: (fields) => ({ name: 'replay-webhook', ...fields }),
  }),
  defineWebhookCommand('delete-webhook', {
    summary: 'Send nothing there any more, and forget the secret',
    fields: { webhook: entityId },
    about: ({ webhook: id }) => [{ kind: 'webhook', id }],
    say: ({ webhook }) => ({ name: 'delete-webhook', webhook }),
  }),
];
