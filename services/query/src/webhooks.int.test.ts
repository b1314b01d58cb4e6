import { createKeyStore } from '@runledger/access';
import { webhookAnswer, webhookEntriesAnswer, webhooksAnswer } from '@runledger/contracts/http';
import { openScene, read, type Scene } from '../test/query-scene';

let scene: Scene;
let key: string;
beforeAll(async () => {
  scene = await openScene();
  const draft = { workspace: 'default', label: 'hooks', permissions: ['webhooks:read'] } as const;
  key = (await createKeyStore(scene.source).create(draft)).key;
  const decide = (webhook: string, workspace?: string) =>
    scene.record.decision(
      `webhook/${webhook}`,
      'webhook.created',
      {
        webhook,
        name: 'ci',
        description: '',
        url: 'https://ci.example/',
        events: ['run.failed'],
        secret: 's-1',
        status: 'active',
      },
      { workspace },
    );
  await decide('first');
  await decide('foreign', 'other');
  await decide('second');
  await scene.record.decision('webhook/second', 'webhook.paused', { webhook: 'second', reason: 'silence' });
  await scene.record.projectMetadata();
  await scene.source.query(
    `insert into custody.webhook_endpoint (workspace, webhook, seq, url, events, status, place, failures, last_error)
     values ('default', 'second', 9, 'https://ci.example/', '{run.failed}', 'paused', 1, 2, 'silence')`,
  );
  await scene.source.query(`insert into custody.webhook_head (workspace, place) values ('default', 3), ('other', 1)`);
  for (const [workspace, places] of Object.entries({ default: 3, other: 1 }))
    await scene.source.query(
      `insert into custody.webhook_entry (workspace, place, event, source, recorded_at, body)
       select $1, n, 'run.failed', int4send(n), now(), '{}' from generate_series(1, $2::int) n`,
      [workspace, places],
    );
});
afterAll(() => scene.close());

const ask = (path: string, as = key) => read(scene, path, as);

describe('webhooks', () => {
  it('are listed newest first, page by page, of the own workspace, and show no secret', async () => {
    const first = await ask('webhooks?limit=1');
    const page = webhooksAnswer.parse(first.body);
    expect(page.webhooks.map(({ webhook }) => webhook)).toEqual(['second']);
    const rest = webhooksAnswer.parse((await ask(`webhooks?limit=1&page_token=${page.nextPageToken}`)).body);
    expect([rest.webhooks.map(({ webhook }) => webhook), rest.nextPageToken]).toEqual([['first'], null]);
    expect(JSON.stringify(first.body)).not.toContain('s-1');
  });

  it('say how far their receivers have got', async () => {
    const second = webhookAnswer.parse((await ask('webhooks/second')).body);
    expect(second).toMatchObject({ status: 'paused', reason: 'silence', signed: true });
    expect(second.delivery).toMatchObject({ place: 1, head: 3, failures: 2, lastError: 'silence' });
    expect(webhookAnswer.parse((await ask('webhooks/first')).body).delivery).toBeNull();
  });

  it('of others are not there, and nobody sees them without the permission', async () => {
    expect((await ask('webhooks/foreign')).status).toBe(404);
    for (const path of ['webhooks', 'webhooks/first', 'webhook-entries'])
      expect((await ask(path, scene.keys.reader)).status).toBe(403);
  });

  it('have a feed, whose places can be replayed from', async () => {
    const page = webhookEntriesAnswer.parse((await ask('webhook-entries?limit=2')).body);
    expect(page.entries.map(({ place }) => place)).toEqual([1, 2]);
    const rest = webhookEntriesAnswer.parse(
      (await ask(`webhook-entries?limit=2&page_token=${page.nextPageToken}`)).body,
    );
    expect([rest.entries.map(({ place }) => place), rest.nextPageToken]).toEqual([[3], null]);
  });
});
