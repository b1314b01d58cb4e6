import { decideWebhook, type WebhookCommand } from './decide-webhook';
import { evolveWebhook, unseenWebhook, type Webhook } from './webhook';

const webhook = 'h-1';
const create: WebhookCommand = {
  name: 'create-webhook',
  webhook,
  as: 'ci',
  description: '',
  url: 'https://ci.example/',
  events: ['model_version.created'],
  secret: 's-1',
  status: 'active',
};

/** What commands come to, one after another; a refusal by its code. */
function run(...commands: WebhookCommand[]): { state: Webhook; said: string[] } {
  let state = unseenWebhook;
  const said = commands.map((command) => {
    const outcome = decideWebhook(command, state);
    if (!outcome.ok) return outcome.code;
    state = outcome.value.events.reduce(evolveWebhook, state);
    return outcome.value.events.map(({ type }) => type).join();
  });
  return { state, said };
}

describe('a webhook', () => {
  it('is created once, changed in what differs, and deleted for ever', () => {
    const change: WebhookCommand = { name: 'change-webhook', webhook, url: 'https://ci.example/2', as: 'ci' };
    const { state, said } = run(create, create, change, change, { name: 'delete-webhook', webhook }, change, create);
    expect(said).toEqual([
      'webhook.created',
      'WEBHOOK_EXISTS',
      'webhook.changed',
      '',
      'webhook.deleted',
      'WEBHOOK_UNKNOWN',
      'WEBHOOK_EXISTS',
    ]);
    expect(state).toMatchObject({ status: 'deleted', url: 'https://ci.example/2', name: 'ci', secret: 's-1' });
  });

  it('is paused with a reason while it is active only, and goes on when it is made active', () => {
    const pause: WebhookCommand = { name: 'pause-webhook', webhook, reason: 'nobody is there' };
    const first = run(create, pause, pause);
    expect([first.said, first.state.status, first.state.reason]).toEqual([
      ['webhook.created', 'webhook.paused', ''],
      'paused',
      'nobody is there',
    ]);
    const again = run(create, pause, { name: 'change-webhook', webhook, status: 'active' });
    expect([again.state.status, again.state.reason]).toEqual(['active', null]);
    expect(run(create, { name: 'change-webhook', webhook, status: 'disabled' }, pause).said.at(-1)).toBe('');
  });

  it('loses its secret when it is told to, and keeps it when nothing is said', () => {
    const to = (secret: string | null | undefined) =>
      run(create, { name: 'change-webhook', webhook, secret }).state.secret;
    expect([to('s-2'), to(null), to(undefined)]).toEqual(['s-2', null, 's-1']);
  });

  it('is replayed as often as somebody asks', () => {
    const replay: WebhookCommand = { name: 'replay-webhook', webhook, after: 3 };
    expect(run(create, replay, replay).said).toEqual(['webhook.created', 'webhook.replayed', 'webhook.replayed']);
  });

  it('that nobody created is unknown', () => {
    for (const name of ['change-webhook', 'delete-webhook'] as const)
      expect(run({ name, webhook }).said).toEqual(['WEBHOOK_UNKNOWN']);
  });
});
