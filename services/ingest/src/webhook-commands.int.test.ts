import { createKeyStore } from '@runledger/access';
import { openScene, refusalOf, type Scene, send } from '../test/ingest-scene';

let scene: Scene;
let key: string;
beforeAll(async () => {
  scene = await openScene();
  const draft = { workspace: 'default', label: 'hooks', actor: 'u9', permissions: ['webhooks:write'] } as const;
  key = (await createKeyStore(scene.source).create(draft)).key;
});
afterAll(() => scene.close());

const ask = (name: string, fields: object, as = key) =>
  send(scene, `commands/${name}`, JSON.stringify(fields), { key: as });
const fine = { name: 'ci', url: 'https://ci.example/hook', events: ['run.failed'] };
const secrets = async (): Promise<number> =>
  Number((await scene.source.query('select count(*) as n from custody.secret'))[0].n);
const written = async (): Promise<number> =>
  Number(
    (await scene.source.query(`select count(*) as n from custody.journal_event where subject like 'webhook/%'`))[0].n,
  );

describe('commands about webhooks', () => {
  it('are decided with their actor, and get their first answer again', async () => {
    const said = { id: 'hook-1', ...fine, secret: 'quiet' };
    const first = await ask('create-webhook', said);
    expect(first.status).toBe(200);
    expect(await ask('create-webhook', said)).toMatchObject({ status: 200, body: first.body });
    const { webhook } = (first.body as { result: { webhook: string } }).result;
    const { events } = await scene.journal.load('default', `webhook/${webhook}`);
    expect(events).toMatchObject([{ type: 'webhook.created', data: { name: 'ci', secret: expect.any(String) } }]);
    const other = await ask('create-webhook', { ...said, secret: 'another' });
    expect(refusalOf(other)).toEqual([409, 'JOURNAL_COMMAND_REUSED']);
    for (const [name, fields] of [
      ['change-webhook', { webhook, status: 'disabled', secret: '' }],
      ['replay-webhook', { webhook, after: 3 }],
      ['delete-webhook', { webhook }],
    ] as const)
      expect((await ask(name, fields)).status).toBe(200);
    expect((await ask('change-webhook', { webhook, name: 'x' })).status).toBe(404);
    expect(await secrets()).toBe(0);
  });

  it('need the permission', async () => {
    expect((await ask('create-webhook', fine, scene.keys.writer)).status).toBe(403);
  });

  it.each<[string, object]>([
    ['a private address', { ...fine, url: 'https://10.0.0.1/' }],
    ['the metadata of a cloud', { ...fine, url: 'https://169.254.169.254/' }],
    ['a mapped address', { ...fine, url: 'https://[::ffff:10.1.1.1]/' }],
    ['plain http to anybody', { ...fine, url: 'http://1.1.1.1/' }],
    ['a user in the URL', { ...fine, url: 'https://a:b@ci.example/' }],
    ['a fragment', { ...fine, url: 'https://ci.example/#x' }],
    ['another scheme', { ...fine, url: 'file:///etc/passwd' }],
    ['a long URL', { ...fine, url: `https://ci.example/${'x'.repeat(500)}` }],
    ['no event', { ...fine, events: [] }],
    ['an event twice', { ...fine, events: ['run.failed', 'run.failed'] }],
    ['an unknown event', { ...fine, events: ['run.dreamt'] }],
    ['a bad name', { ...fine, name: 'a b' }],
    ['an unknown member', { ...fine, more: 1 }],
    ['a long secret', { ...fine, secret: 'x'.repeat(1_001) }],
  ])('with %s are refused, and nothing is kept', async (_what, fields) => {
    const before = [await written(), await secrets()];
    const answer = await ask('create-webhook', fields);
    expect(answer.status).toBe(400);
    expect([await written(), await secrets()]).toEqual(before);
  });

  it('keep no secret of what is refused', async () => {
    expect((await ask('change-webhook', { webhook: 'nobody', secret: 'x' })).status).toBe(404);
    expect(await secrets()).toBe(0);
  });
});
