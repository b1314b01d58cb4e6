import { createHmac } from 'node:crypto';
import { type Received, type Receiver, startReceiver } from '@runledger/testkit';
import { type CourierScene, EVERY_EVENT, openCourierScene } from '../test/courier-scene';

let scene: CourierScene;
let receiver: Receiver;
let workspaces = 0;
let workspace: string;
beforeAll(async () => {
  scene = await openCourierScene();
  await scene.courier();
  await scene.courier(); // what one has claimed the other leaves alone
});
beforeEach(async () => {
  workspace = `w${++workspaces}`;
  receiver = await startReceiver();
});
afterEach(() => receiver.stop());
afterAll(() => scene.close());

const namesOf = ({ got }: Receiver): string[] =>
  got.map(({ body: { entity, action } }) => `${String(entity)}.${String(action)}`);
const runsOf = ({ got }: Receiver): unknown[] => got.map(({ body }) => (body['data'] as { run_id: string }).run_id);
const idOf = ({ headers }: Pick<Received, 'headers'>): string => String(headers['x-mlflow-delivery-id']);

async function registerModel(): Promise<void> {
  const run = scene.models(workspace);
  const model = 'digits';
  const tags = [{ key: 'a', value: '1' }];
  await run({ name: 'create-model', model: `m-${workspace}`, as: 'first', description: 'reads', tags });
  await run({ name: 'rename-model', model: 'first', to: model });
  const version = { source: 's3://b/m', location: 's3://b/m', run: 'r1', description: '', tags };
  await run({ name: 'create-version', model, ...version });
  await run({
    name: 'tag-version',
    model,
    version: 1,
    tags: [...tags, { key: 'b', value: '2' }, { key: 'c', value: '3' }],
  });
  await run({ name: 'untag-version', model, version: 1, keys: ['b'] });
  await run({ name: 'set-alias', model, alias: 'best', version: 1 });
  await run({ name: 'remove-alias', model, alias: 'best' });
  await run({ name: 'rename-model', model, to: 'later' });
}

describe('what is told', () => {
  it('has the shape of MLflow, in the order in which it was decided, and the name of its time', async () => {
    await scene.webhook(workspace, receiver.url);
    await registerModel();
    await receiver.until(7);
    const told = receiver.got.map(({ body: { entity, action, data } }) => [
      `${String(entity)}.${String(action)}`,
      data,
    ]);
    expect(told).toEqual([
      ['registered_model.created', { name: 'first', tags: { a: '1' }, description: 'reads' }],
      [
        'model_version.created',
        { name: 'digits', version: '1', source: 's3://b/m', run_id: 'r1', tags: { a: '1' }, description: null },
      ],
      ['model_version_tag.set', { name: 'digits', version: '1', key: 'b', value: '2' }],
      ['model_version_tag.set', { name: 'digits', version: '1', key: 'c', value: '3' }],
      ['model_version_tag.deleted', { name: 'digits', version: '1', key: 'b' }],
      ['model_version_alias.created', { name: 'digits', alias: 'best', version: '1' }],
      ['model_version_alias.deleted', { name: 'digits', alias: 'best' }],
    ]);
    expect(receiver.got[0]?.body['timestamp']).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+\+00:00$/);
  });

  it('are ends of runs by their outcome, each fact once', async () => {
    await scene.webhook(workspace, receiver.url);
    await scene.finish(workspace, 'a', 'finished', 'fact-1');
    await scene.finish(workspace, 'a', 'finished', 'fact-1');
    await scene.finish(workspace, 'a', 'failed', 'fact-2');
    await scene.finish(workspace, 'a', 'killed', 'fact-3');
    await receiver.until(3);
    await scene.finish(workspace, 'a', 'finished', 'fact-4');
    await receiver.until(4);
    expect(namesOf(receiver)).toEqual(['run.finished', 'run.failed', 'run.killed', 'run.finished']);
  });

  it('is what was asked for, of the own workspace, from then on', async () => {
    await scene.finish(workspace, 'before', 'failed');
    await scene.waitFor(async () => (await scene.readFeed(workspace, 0, 10)).length === 1);
    await scene.webhook(workspace, receiver.url, ['run.failed']);
    await scene.finish('foreign', 'b', 'failed');
    await scene.finish(workspace, 'c', 'finished');
    await scene.finish(workspace, 'd', 'failed');
    await receiver.until(1);
    await scene.waitFor(async () => (await scene.readFeed('foreign', 0, 10)).length === 1);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(runsOf(receiver)).toEqual(['d']);
  });

  it('is signed over id, timestamp and body with the secret as it is now', async () => {
    const webhook = await scene.webhook(workspace, receiver.url, ['run.failed'], 'first secret');
    const signedWith = (secret: string, { headers, text }: Received): boolean => {
      const content = `${idOf({ headers })}.${String(headers['x-mlflow-timestamp'])}.${text}`;
      return headers['x-mlflow-signature'] === `v1,${createHmac('sha256', secret).update(content).digest('base64')}`;
    };
    for (const [i, secret] of ['first secret', 'second secret', ''].entries()) {
      if (i > 0) await scene.say(workspace, { name: 'change-webhook', webhook, secret });
      await scene.waitFor(async () => (await scene.seqOf(workspace, webhook)) >= 3 + i);
      await scene.finish(workspace, `run-${i}`, 'failed');
      await receiver.until(i + 1);
      const last = receiver.got.at(-1) as Received;
      if (secret === '') expect(last.headers['x-mlflow-signature']).toBeUndefined();
      else expect(signedWith(secret, last)).toBe(true);
      expect(Math.abs(Number(last.headers['x-mlflow-timestamp']) - Date.now() / 1_000)).toBeLessThan(10);
    }
    const kept: Array<{ sealed: Buffer }> = await scene.source.query(
      'select sealed from custody.secret where workspace = $1',
      [workspace],
    );
    expect(kept.length).toBe(2);
    expect(kept.map(({ sealed }) => sealed.toString('latin1')).join()).not.toContain('secret');
    const journal: unknown = await scene.source.query(
      'select data::text from custody.journal_event where workspace = $1',
      [workspace],
    );
    expect(JSON.stringify(journal)).not.toContain('first secret');
    await scene.say(workspace, { name: 'delete-webhook', webhook });
    expect(await scene.source.query('select from custody.secret where workspace = $1', [workspace])).toEqual([]);
  });
});

describe('a receiver', () => {
  it('that fails gets the same letter again until it takes it, and then the next ones in order', async () => {
    receiver.behave((nth) => [500, 429, 302, 404, 200][nth - 1] ?? 200);
    const webhook = await scene.webhook(workspace, receiver.url, ['run.failed']);
    for (const run of ['a', 'b', 'c']) await scene.finish(workspace, run, 'failed', run);
    await receiver.until(7);
    const order = receiver.got.map(idOf);
    expect(new Set(order.slice(0, 5)).size).toBe(1);
    expect(new Set(order).size).toBe(3);
    await scene.waitFor(async () => (await scene.stateOf(workspace, webhook))?.place === 3);
    expect(await scene.stateOf(workspace, webhook)).toMatchObject({ failures: 0, lastStatus: 200, lastError: null });
  });

  it('that is away or silent holds up nobody else, and gets everything when it is back', async () => {
    const silent = await startReceiver();
    silent.behave('silent');
    const other = await startReceiver();
    await other.stop();
    for (const url of [silent.url, other.url, receiver.url]) await scene.webhook(workspace, url, ['run.failed']);
    for (let i = 0; i < 20; i++) await scene.finish(workspace, `run-${i}`, 'failed');
    const begun = Date.now();
    await receiver.until(20);
    expect(Date.now() - begun).toBeLessThan(8_000); // silence ends after ten seconds
    const back = await startReceiver(Number(new URL(other.url).port));
    await back.until(20);
    expect(new Set(runsOf(back)).size).toBe(20);
    await silent.stop();
    await back.stop();
  });

  it('that is gone is paused by a decision, and goes on where it stopped', async () => {
    receiver.behave(410);
    const webhook = await scene.webhook(workspace, receiver.url, ['run.failed']);
    await scene.finish(workspace, 'a', 'failed');
    await scene.waitFor(async () => (await scene.statusOf(workspace, webhook)) === 'paused');
    const told: unknown = await scene.source.query(
      `select actor, data from custody.journal_event where workspace = $1 and type = 'webhook.paused'`,
      [workspace],
    );
    expect(told).toEqual([{ actor: 'courier', data: { webhook, reason: 'the receiver answered 410' } }]);
    await scene.finish(workspace, 'b', 'failed');
    receiver.behave(200);
    const before = receiver.got.length;
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(receiver.got.length).toBe(before);
    await scene.say(workspace, { name: 'change-webhook', webhook, status: 'active' });
    await receiver.until(before + 2);
    expect(new Set(runsOf(receiver))).toEqual(new Set(['a', 'b']));
  });

  it('that was disabled gets nothing of meanwhile', async () => {
    const webhook = await scene.webhook(workspace, receiver.url, ['run.failed']);
    const turn = async (status: 'active' | 'disabled') => {
      await scene.say(workspace, { name: 'change-webhook', webhook, status });
      await scene.waitFor(async () => (await scene.statusOf(workspace, webhook)) === status);
    };
    await turn('disabled');
    await scene.finish(workspace, 'meanwhile', 'failed');
    await scene.waitFor(async () => (await scene.readFeed(workspace, 0, 10)).length === 1);
    await turn('active');
    await scene.finish(workspace, 'now', 'failed');
    await receiver.until(1);
    expect(runsOf(receiver)).toEqual(['now']);
  });

  it('gets again what it asks for, under the same ids', async () => {
    const webhook = await scene.webhook(workspace, receiver.url, ['run.failed']);
    for (const run of ['a', 'b', 'c']) await scene.finish(workspace, run, 'failed', run);
    await receiver.until(3);
    await scene.waitFor(async () => (await scene.stateOf(workspace, webhook))?.place === 3);
    await scene.say(workspace, { name: 'replay-webhook', webhook, after: 1 });
    await receiver.until(5);
    expect(receiver.got.slice(3).map(idOf)).toEqual(receiver.got.slice(1, 3).map(idOf));
  });
});

describe('many events', () => {
  it('reach every webhook whole and in the order of their feed', async () => {
    const more = await Promise.all([startReceiver(), startReceiver()]);
    const all = [receiver, ...more];
    for (const { url } of all) await scene.webhook(workspace, url, EVERY_EVENT);
    await Promise.all(Array.from({ length: 200 }, (_, i) => scene.finish(workspace, `run-${i}`, 'finished')));
    for (const one of all) await one.until(200);
    const feed = (await scene.readFeed(workspace, 0, 500)).map(({ body }) => body);
    for (const one of all) expect(one.got.map(({ text }) => text)).toEqual(feed);
    for (const one of more) await one.stop();
  });
});
