import { createKeyStore } from '@runledger/access';
import { type ChangesAnswer, changesAnswer } from '@runledger/contracts/http';
import { openScene, read, refusalOf, type Scene } from '../test/query-scene';

let scene: Scene;
let hooks: string;
let between: string;
beforeAll(async () => {
  scene = await openScene();
  const { record, source } = scene;
  ({ key: hooks } = await createKeyStore(source).create({
    workspace: 'default',
    label: 'hooks',
    permissions: ['runs:read', 'webhooks:read'],
  }));
  const created = { experiment: 'e1', project: 'default', name: 'mnist' };
  await record.decision('experiment/e1', 'experiment.created', created);
  await record.decision('experiment/e1', 'experiment.renamed', { experiment: 'e1', from: 'mnist', to: 'digits' });
  await record.decision('note/r1', 'note.written', { run: 'r1', number: 1, text: 'diverged' });
  between = new Date(Date.now() + 1).toISOString();
  await new Promise((resolve) => setTimeout(resolve, 20));
  await record.decision('note/r1', 'note.written', { run: 'r1', number: 2, text: '' });
  const events = ['run.failed'];
  const hook = { webhook: 'ci', name: 'ci', description: '', url: 'https://ci.example/', events, secret: 'sealed' };
  await record.decision('webhook/ci', 'webhook.created', { ...hook, status: 'active' });
  await record.decision('note/x', 'note.written', { run: 'x', number: 1, text: 'theirs' }, { workspace: 'other' });
});
afterAll(() => scene.close());

const changes = async (query: string, key?: string): Promise<ChangesAnswer> =>
  changesAnswer.parse((await read(scene, `changes?${query}`, key)).body);
const seen = ({ changes: list }: ChangesAnswer) => list.map(({ journalseq, type }) => [journalseq, type]);

it('lists every change, newest first, with what was before and after', async () => {
  const answer = await changes('');
  expect(seen(answer)).toEqual([
    [4, 'note.written'],
    [3, 'note.written'],
    [2, 'experiment.renamed'],
    [1, 'experiment.created'],
  ]);
  expect(answer.changes[2]).toMatchObject({
    subject: 'experiment/e1',
    version: 2,
    actor: 'u1',
    time: expect.stringMatching(/^\d{4}-.*Z$/),
    rows: [{ kind: 'experiment', id: 'e1', name: '', before: { name: 'mnist' }, after: { name: 'digits' } }],
  });
  expect(answer.changes[0]?.rows).toEqual([
    { kind: 'note', id: 'r1', name: '', before: { text: 'diverged', number: 1 }, after: { text: '', number: 2 } },
  ]);
});

it('gives positions that a read can wait for', async () => {
  const [newest] = (await changes('limit=1')).changes;
  await scene.record.projectMetadata();
  const answer = await read(scene, `experiments?at-least=${newest?.position}&wait=2000`);
  expect(answer.status).toBe(200);
});

it('is narrowed by subject, actor and time', async () => {
  expect(seen(await changes('subject=experiment/e1'))).toEqual([
    [2, 'experiment.renamed'],
    [1, 'experiment.created'],
  ]);
  expect(seen(await changes('actor=nobody'))).toEqual([]);
  expect((await changes('actor=u1')).changes).toHaveLength(4);
  expect(seen(await changes(`to=${between}`)).map(([n]) => n)).toEqual([3, 2, 1]);
  expect(seen(await changes(`from=${between}`)).map(([n]) => n)).toEqual([4]);
});

it('is paged by keys that belong to one list', async () => {
  const first = await changes('limit=3');
  expect(seen(first).map(([n]) => n)).toEqual([4, 3, 2]);
  const next = await changes(`limit=3&page_token=${first.nextPageToken}`);
  expect([seen(next).map(([n]) => n), next.nextPageToken]).toEqual([[1], null]);
  const carried = await read(scene, `changes?limit=3&actor=u1&page_token=${first.nextPageToken}`);
  expect(refusalOf(carried)).toEqual([400, 'READS_BAD_PAGE_TOKEN']);
});

it('shows webhooks to those only who may see them, and their secrets to nobody', async () => {
  const answer = await read(scene, 'changes', hooks);
  expect(seen(changesAnswer.parse(answer.body))[0]).toEqual([5, 'webhook.created']);
  expect(answer.text).toContain('https://ci.example/');
  expect(answer.text).not.toContain('sealed');
});

it('shows a workspace its own changes only', async () => {
  const answer = await read(scene, 'changes', scene.keys.other);
  expect(seen(changesAnswer.parse(answer.body))).toEqual([[1, 'note.written']]);
  expect(answer.text).not.toContain('experiment/e1');
});

it('lists what this release cannot read, without what it changed', async () => {
  await scene.record.decision('note/x', 'note.written', { told: 'by a release to come' }, { workspace: 'other' });
  const [unreadable, before] = (await changes('', scene.keys.other)).changes;
  expect(unreadable).toMatchObject({ journalseq: 2, subject: 'note/x', rows: [] });
  expect(before?.rows).toMatchObject([{ after: { text: 'theirs' } }]);
});

it.each(['from=yesterday', 'limit=0', 'subject=', 'order=asc', 'page_token=x', `actor=${'x'.repeat(301)}`])(
  'refuses %s',
  async (query) => {
    expect((await read(scene, `changes?${query}`)).status).toBe(400);
  },
);

it('shows who signed in, and by which rules jobs are let in, to those only who may read access', async () => {
  const session = { session: 's1', kind: 'browser', issuer: 'corp', expiresAt: '2026-01-02T03:04:05Z' };
  await scene.record.decision('session/s1', 'session.opened', session);
  const trust = { trust: 't1', issuer: 'ci', account: 'a', conditions: [], scopes: [], lifetimeSeconds: 60 };
  await scene.record.decision('trust/t1', 'trust.declared', trust);
  const { text } = await read(scene, 'changes');
  expect([text.includes('session.opened'), text.includes('trust.declared')]).toEqual([false, false]);
});
