import { createKeyStore } from '@runledger/access';
import {
  accessEventsAnswer,
  keysAnswer,
  projectAnswer,
  serviceAccountsAnswer,
  trustsAnswer,
  webhookAnswer,
  webhookEntriesAnswer,
  webhooksAnswer,
} from '@runledger/contracts/http';
import { openScene, read, type Scene } from '../test/query-scene';
import { PROJECTS, type RandomAccess, recordRandomAccess } from '../test/random-access';
import type { Decided } from '../test/random-decisions';

// Who may what, and who is told of what, is held against a plain evaluation over all decisions, one after another.
let scene: Scene;
let random: RandomAccess;
let operator: string;
let ofProject: string;
beforeAll(async () => {
  scene = await openScene();
  random = await recordRandomAccess(scene, 13, 240);
  await scene.record.projectMetadata();
  const store = createKeyStore(scene.source);
  const permissions = ['webhooks:read', 'access:read', 'runs:read'] as const;
  operator = (await store.create({ workspace: 'default', label: 'all', permissions })).key;
  // Somebody who is kept to one project.
  const [account, key] = ['kept', 'key-of-kept'];
  const made = await store.create({ workspace: 'default', id: key, account, label: 'kept', permissions });
  const grant = { grantee: { kind: 'account', id: account }, role: 'maintainer', effect: 'allow', project: 'p1' };
  await scene.record.decision('service-account/kept', 'service-account.created', { account, name: 'kept' });
  await scene.record.decision('service-account/kept', 'key.created', { account, key, label: 'k', scopes: permissions });
  await scene.record.decision('grant/account/kept', 'grant.made', grant);
  ofProject = made.key;
}, 120_000);
afterAll(() => scene.close());

type Data = Decided['data'];
const body = async (path: string, key = operator): Promise<unknown> => (await read(scene, path, key)).body;
/** What was decided of these kinds, oldest first. */
const of = (...types: string[]): Decided[] => random.decided.filter(({ type }) => types.includes(type));
async function paged<Page extends { nextPageToken: string | null }>(
  path: string,
  of: { parse(answer: unknown): Page },
  key?: string,
) {
  const pages: Page[] = [];
  for (let token: string | null = ''; token !== null; token = pages.at(-1)?.nextPageToken ?? null)
    pages.push(of.parse(await body(`${path}?limit=7${token === '' ? '' : `&page_token=${token}`}`, key)));
  return pages;
}

it('lists service accounts by name, as they were enabled and disabled', async () => {
  const accounts = of('service-account.created').map(({ subject, data }) => {
    const last = of('service-account.enabled', 'service-account.disabled').findLast((one) => one.subject === subject);
    return { ...data, status: last?.type === 'service-account.disabled' ? 'disabled' : 'enabled' };
  });
  const { serviceAccounts } = serviceAccountsAnswer.parse(await body('service-accounts'));
  expect(new Set(accounts.map(({ status }) => status)).size).toBe(2);
  expect(serviceAccounts.filter(({ account }) => account !== 'kept')).toEqual(accounts);
});

it('lists keys in the order in which they were made, with what they are narrowed to and what became of them', async () => {
  const keys = of('key.created').map(({ data: { account, key, label, scopes, ...more } }) => {
    const retired = of('key.retired').findLast(({ data }) => data['key'] === key);
    const expiresAt = (retired?.data['expiresAt'] ?? more['expiresAt'] ?? null) as string | null;
    const isRevoked = of('key.revoked').some(({ data }) => data['key'] === key);
    const isExpired = expiresAt !== null && expiresAt < '2026';
    const status = isRevoked ? 'revoked' : isExpired ? 'expired' : 'active';
    const { projects = null, replaces = null } = more;
    return { key, account, label, scopes, projects, status, expiresAt, lastUsedAt: null, replaces };
  });
  expect(new Set(keys.map(({ status }) => status)).size).toBe(3);
  const told = keysAnswer.parse(await body('keys')).keys;
  const own = told.filter(({ account }) => account.startsWith('account-'));
  expect(own.map(({ createdAt: _, ...one }) => one)).toEqual(keys);
  const others = told.filter(({ account }) => account === 'operator').map(({ status }) => status);
  expect(others).toEqual(['revoked', 'active', 'active', 'active', 'expired', 'active']);
});

it('lists the rules for jobs that are in force', async () => {
  const gone = new Set(of('trust.withdrawn').map(({ data }) => data['trust']));
  const trusts = of('trust.declared').filter(({ data }) => !gone.has(data['trust']));
  expect(gone.size * trusts.length).toBeGreaterThan(0);
  expect(trustsAnswer.parse(await body('trusts')).trusts).toEqual(
    trusts.map(({ data }) => ({ projects: null, ...data })),
  );
});

it('tells what became of access, newest first, page by page', async () => {
  const pages = await paged('access/events', accessEventsAnswer);
  const told = pages.flatMap(({ events }) => events);
  const kinds = ['service-account', 'key', 'grant', 'trust', 'session'];
  const expected = random.decided.filter(({ type }) => kinds.includes(type.split('.')[0] ?? ''));
  const own = told.filter(({ data }) => data['account'] !== 'kept' && (data['grantee'] as Data)?.['id'] !== 'kept');
  expect(own.map(({ type, data, actor }) => [type, data, actor])).toEqual(
    expected.map(({ type, data }) => [type, data, 'u1']).reverse(),
  );
  const places = told.map(({ journalseq }) => journalseq);
  expect(places).toEqual([...new Set(places)].sort((a, b) => b - a));
});

it('shows each project as it is called and described', async () => {
  for (const project of PROJECTS) {
    const own = random.decided.filter(({ subject }) => subject === `project/${project}`);
    const name = own.findLast(({ type }) => type === 'project.renamed')?.data['to'] ?? `name of ${project}`;
    const description = own.findLast(({ type }) => type === 'project.described')?.data['description'] ?? '';
    const found = projectAnswer.parse(await body(`projects/${project}`));
    expect(found).toMatchObject({ project, name, description });
    expect((await read(scene, `projects/${project}`, ofProject)).status).toBe(project === 'p1' ? 200 : 404);
  }
});

/** Webhooks that are there, oldest first. To be made anything ends a pause. */
function webhooksNow(): Array<Readonly<Record<string, unknown>>> {
  const now = new Map<unknown, Record<string, unknown>>();
  for (const { type, data } of random.decided) {
    const { webhook, secret, ...members } = data;
    const before = now.get(webhook);
    const signed = secret === undefined ? {} : { signed: secret !== null };
    if (type === 'webhook.created')
      now.set(webhook, { condition: null, scope: null, reason: null, webhook, ...members, ...signed });
    if (type === 'webhook.changed') {
      const awake = data['status'] === undefined ? {} : { reason: null };
      now.set(webhook, { ...before, ...members, ...signed, ...awake });
    }
    if (type === 'webhook.paused') now.set(webhook, { ...before, status: 'paused', reason: data['reason'] });
    if (type === 'webhook.deleted') now.delete(webhook);
  }
  return [...now.values()];
}
const PLACES: Readonly<Record<string, string>> = { p1: 'p1', e1: 'p1', e2: 'p2' };

it('lists webhooks newest first, and to who is kept to a project those for runs in it', async () => {
  const all = webhooksNow().reverse();
  const inReach = all.filter(({ scope }) => PLACES[(scope as { id: string } | null)?.id ?? ''] === 'p1');
  expect([inReach.length > 0, all.length > inReach.length, all.some(({ reason }) => reason !== null)]).toEqual([
    true,
    true,
    true,
  ]);
  for (const [key, expected] of [
    [operator, all],
    [ofProject, inReach],
  ] as const) {
    const pages = await paged('webhooks', webhooksAnswer, key);
    const told = pages.flatMap(({ webhooks }) => webhooks);
    expect(told.map(({ createdAt: _, updatedAt: __, delivery, ...one }) => [delivery, one])).toEqual(
      expected.map((one) => [null, one]),
    );
    for (const one of told) expect(webhookAnswer.parse(await body(`webhooks/${one.webhook}`, key))).toEqual(one);
    for (const { data } of of('webhook.created')) {
      const isThere = told.some(({ webhook }) => webhook === data['webhook']);
      expect((await read(scene, `webhooks/${String(data['webhook'])}`, key)).status).toBe(isThere ? 200 : 404);
    }
  }
});

it('feeds webhooks with each thing once, in the order in which it came first', async () => {
  const first = [...new Map(random.told.map((one) => [one.source.toString(), one])).values()];
  const entries = first.map(({ event, webhook = null, recordedAt, body: text, project }, i) => ({
    project,
    entry: { place: i + 1, event, webhook, recordedAt: new Date(recordedAt).toISOString(), body: text },
  }));
  expect(random.told.length).toBeGreaterThan(first.length);
  for (const [key, expected] of [
    [operator, entries],
    [ofProject, entries.filter(({ project }) => project === 'p1')],
  ] as const) {
    const pages = await paged('webhook-entries', webhookEntriesAnswer, key);
    expect(pages.flatMap(({ entries: told }) => told)).toEqual(expected.map(({ entry }) => entry));
  }
});
