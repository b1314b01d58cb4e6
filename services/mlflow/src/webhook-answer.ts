import { WEBHOOK_EVENTS, type WebhookEvent } from '@runledger/contracts';
import { Fault } from '@runledger/kernel';
import type { WebhookRecord } from '@runledger/postgres';
import { z } from 'zod';
import { unsupported } from './unsupported-routes';

const said = z.object({ entity: z.string(), action: z.string() });
type Said = z.output<typeof said>;

/** MLflow's enums: by name, as its JSON has them, or by number, as some of its calls send. */
const ENTITIES = [
  'REGISTERED_MODEL',
  'MODEL_VERSION',
  'MODEL_VERSION_TAG',
  'MODEL_VERSION_ALIAS',
  'PROMPT',
  'PROMPT_VERSION',
  'PROMPT_TAG',
  'PROMPT_VERSION_TAG',
  'PROMPT_ALIAS',
  'BUDGET_POLICY',
];
const ACTIONS = ['CREATED', 'UPDATED', 'DELETED', 'SET', 'EXCEEDED'];
const OF_GENAI = /^(PROMPT|BUDGET)/;

const enumOf = (names: readonly string[]) =>
  z
    .union([z.string(), z.int()])
    .transform((given) => (typeof given === 'number' ? names[given - 1] : names.find((one) => one === given)))
    .pipe(z.string({ error: `must be one of ${names.join(', ')}` }));

export const eventField = z.object({ entity: enumOf(ENTITIES), action: enumOf(ACTIONS) });
export const statusField = z
  .union([
    z.enum(['ACTIVE', 'DISABLED']),
    z.literal(1).transform(() => 'ACTIVE'),
    z.literal(2).transform(() => 'DISABLED'),
  ])
  .transform((status) => (status === 'ACTIVE' ? ('active' as const) : ('disabled' as const)));

/** @throws Fault invalid MLFLOW_BAD_EVENT; unimplemented for events of what is not spoken here */
export function eventOf({ entity, action }: z.output<typeof eventField>): WebhookEvent {
  if (OF_GENAI.test(entity)) throw unsupported(`Webhook events of ${entity.toLowerCase()}`);
  const name = `${entity.toLowerCase()}.${action.toLowerCase()}`;
  const found = WEBHOOK_EVENTS.find((event) => event === name);
  if (found === undefined)
    throw new Fault(
      'invalid',
      'MLFLOW_BAD_EVENT',
      `Invalid action '${action.toLowerCase()}' for entity '${entity.toLowerCase()}'.`,
    );
  return found;
}

/** Events that MLflow's clients have a name for; of others they can read nothing. */
const OWN = /^(run|metric_threshold|objective)\./;
export const isTheirs = (event: WebhookEvent): boolean => !OWN.test(event);

function saidOf(event: WebhookEvent): Said {
  const [entity = '', action = ''] = event.toUpperCase().split('.');
  return { entity, action };
}

export const webhookAnswer = z.object({
  webhook_id: z.string(),
  name: z.string(),
  description: z.string().optional(),
  url: z.string(),
  events: z.array(said),
  status: z.enum(['ACTIVE', 'DISABLED']),
  creation_timestamp: z.number(),
  last_updated_timestamp: z.number(),
});

/** The secret is told to nobody. One that is paused is DISABLED, and is made ACTIVE to go on. */
export const webhookAnswerOf = ({ id, value }: WebhookRecord): z.output<typeof webhookAnswer> => ({
  webhook_id: id,
  name: value.name,
  description: value.description === '' ? undefined : value.description,
  url: value.url,
  events: value.events.filter(isTheirs).map(saidOf),
  status: value.status === 'active' ? 'ACTIVE' : 'DISABLED',
  creation_timestamp: value.createdAt ?? value.changedAt,
  last_updated_timestamp: value.changedAt,
});
