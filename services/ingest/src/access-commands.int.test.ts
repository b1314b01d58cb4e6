import { createAccessReads, createKeyStore } from '@runledger/access';
import { createCommands } from '@runledger/commands';
import { eventually } from '@runledger/testkit';
import { openScene, refusalOf, type Scene, send } from '../test/ingest-scene';
import { recordOperatorKeys } from './record-operator-keys';

let scene: Scene;
let admin: string;
beforeAll(async () => {
  scene = await openScene();
  const draft = { workspace: 'default', label: 'admin', actor: 'admin', permissions: ['admin'] } as const;
  admin = (await createKeyStore(scene.source).create(draft)).key;
});
afterAll(() => scene.close());

type Made = { account: string; key: { id: string; expiresAt: string | null }; secret: string | null };
const ask = (name: string, fields: object, key = admin) =>
  send(scene, `commands/${name}`, JSON.stringify(fields), { key });
async function made(name: string, fields: object, key = admin): Promise<Made> {
  const answer = await ask(name, fields, key);
  expect([answer.status, answer.body]).toEqual([200, expect.anything()]);
  return (answer.body as { result: Made }).result;
}
const fact = { subject: 'run/r1', type: 'tags.set', dataversion: 1, data: { tags: [{ key: 'k', value: 'v' }] } };
const use = async (key: string | null): Promise<number> =>
  (await send(scene, 'events', JSON.stringify({ events: [fact] }), { key: key ?? '' })).status;
const becomes = (key: string | null, status: number) =>
  eventually(async () => (await use(key)) === status || undefined, 5_000, 100);
const listed = async (id: string) =>
  (await createAccessReads(scene.source).keys('default')).find(({ key }) => key === id);

async function makeAccount(account: string, ...grants: object[]): Promise<Made> {
  await made('create-service-account', { account, name: `Account ${account}` });
  for (const grant of grants) await made('grant', { grantee: { kind: 'account', id: account }, ...grant });
  return made('create-key', { account, label: 'of the test' });
}

describe('service accounts and their keys', () => {
  it('may nothing until a role is granted, and what it contains from then on', async () => {
    const { secret } = await makeAccount('slow');
    expect(secret).toMatch(/^rlk_[\w-]{43}$/);
    expect(await use(secret)).toBe(403);
    const grantee = { kind: 'account', id: 'slow' };
    await made('grant', { grantee, role: 'viewer' });
    await made('grant', { grantee, role: 'editor' });
    await becomes(secret, 202);
    await made('grant', { grantee, role: 'editor', effect: 'deny' });
    await becomes(secret, 403);
    await made('withdraw-grant', { grantee, role: 'editor', effect: 'deny' });
    await becomes(secret, 202);
  });

  it('act under the name of the account', async () => {
    const { secret } = await makeAccount('named', { role: 'maintainer' });
    await made('create-project', { project: 'by-named', name: 'By named' }, secret ?? '');
    const [row]: Array<{ actor: string }> = await scene.source.query(
      `select actor from custody.journal_event where subject = 'project/by-named'`,
    );
    expect(row?.actor).toBe('service-account/named');
  });

  it('are told once: the command that comes again makes no other key', async () => {
    const { account } = await makeAccount('once', { role: 'editor' });
    const said = { id: 'make-once', account, label: 'job' };
    const first = await made('create-key', said);
    const again = await made('create-key', said);
    expect([again.key.id, again.secret]).toEqual([first.key.id, null]);
    expect(await use(first.secret)).toBe(202);
    const kept: unknown = await scene.source.query(`select * from custody.api_key where account = 'once'`);
    expect(kept).toHaveLength(2);
    const everything: unknown = [
      kept,
      await scene.source.query('select * from custody.journal_event'),
      await scene.source.query('select * from custody.journal_command'),
    ];
    expect(JSON.stringify(everything)).not.toContain(first.secret);
  });

  it('are narrowed by scopes, and by time', async () => {
    const { account } = await makeAccount('narrow', { role: 'admin' });
    const reader = await made('create-key', { account, label: 'r', scopes: ['runs:read'] });
    expect(await use(reader.secret)).toBe(403);
    const expiresAt = new Date(Date.now() + 1_500).toISOString();
    const short = await made('create-key', { account, label: 's', scopes: ['events:write'], expiresAt });
    expect(await use(short.secret)).toBe(202);
    await becomes(short.secret, 401);
    expect(await listed(short.key.id)).toMatchObject({ status: 'expired', scopes: ['events:write'] });
    const past = { account, label: 'p', expiresAt: '2020-01-01T00:00:00Z' };
    expect(refusalOf(await ask('create-key', past))).toEqual([400, 'KEY_EXPIRES_BEFORE']);
  });

  it('are rotated with an overlap', async () => {
    const { key, secret } = await makeAccount('turning', { role: 'editor' });
    const next = await made('rotate-key', { key: key.id, overlapSeconds: 4 });
    expect([await use(secret), await use(next.secret)]).toEqual([202, 202]);
    await eventually(async () => (await use(secret)) === 401 || undefined, 8_000, 100);
    expect(await use(next.secret)).toBe(202);
    expect(await listed(next.key.id)).toMatchObject({ replaces: key.id, label: 'of the test', expiresAt: null });
    expect(refusalOf(await ask('rotate-key', { key: key.id }))).toEqual([409, 'KEY_EXPIRED']);
  });

  it('are revoked within five seconds, and for ever', async () => {
    const { key, secret } = await makeAccount('ended', { role: 'editor' });
    expect(await use(secret)).toBe(202);
    await made('revoke-key', { key: key.id });
    await becomes(secret, 401);
    expect(refusalOf(await ask('rotate-key', { key: key.id }))).toEqual([409, 'KEY_REVOKED']);
    expect(await listed(key.id)).toMatchObject({ status: 'revoked' });
  });

  it('are shut out with their account, and let in with it', async () => {
    const { account, secret } = await makeAccount('paused', { role: 'editor' });
    expect(await use(secret)).toBe(202);
    await made('disable-service-account', { account });
    await becomes(secret, 401);
    expect(refusalOf(await ask('create-key', { account, label: 'x' }))).toEqual([409, 'ACCOUNT_DISABLED']);
    await made('enable-service-account', { account });
    await becomes(secret, 202);
  });

  it('are noted when they are used', async () => {
    const { key, secret } = await makeAccount('used', { role: 'editor' });
    expect(await listed(key.id)).toMatchObject({ lastUsedAt: null });
    const before = Date.now();
    await use(secret);
    const at = await eventually(async () => (await listed(key.id))?.lastUsedAt ?? undefined, 5_000, 50);
    expect(Math.abs(Date.parse(at) - before)).toBeLessThan(5_000);
  });
});

describe("the operator's keys", () => {
  it('become part of the record once, with what they may do', async () => {
    const { source, journal } = scene;
    for (let start = 0; start < 2; start++) await recordOperatorKeys(createKeyStore(source), createCommands(journal));
    const { events } = await journal.load('default', 'service-account/operator');
    const { events: others } = await journal.load('other', 'service-account/operator');
    const labels = events.map(({ data }) => (data as { label: string }).label);
    expect(labels.sort()).toEqual(['admin', 'reader', 'writer']);
    expect(others).toHaveLength(1);
    expect(await use(scene.keys.writer)).toBe(202);
  });

  it('can be revoked, the first of all included, and rotated before', async () => {
    const draft = { workspace: 'default', label: 'lent', permissions: ['events:write'] } as const;
    const lent = await createKeyStore(scene.source).create(draft);
    await recordOperatorKeys(createKeyStore(scene.source), createCommands(scene.journal));
    const next = await made('rotate-key', { key: lent.id });
    expect([await use(lent.key), await use(next.secret)]).toEqual([202, 202]);
    await made('revoke-key', { key: lent.id });
    await becomes(lent.key, 401);
    expect(await use(next.secret)).toBe(202);
  });
});

describe('who may change access', () => {
  it('is an admin, in the workspace or in a project of his', async () => {
    await made('create-project', { project: 'his', name: 'His' });
    await made('create-project', { project: 'not-his', name: 'Not his' });
    const { secret } = await makeAccount('lead', { role: 'admin', project: 'his' }, { role: 'maintainer' });
    const key = secret ?? '';
    const grantee = { kind: 'group', id: 'newcomers' };
    expect((await ask('grant', { grantee, role: 'viewer', project: 'his' }, key)).status).toBe(200);
    expect(refusalOf(await ask('grant', { grantee, role: 'viewer', project: 'not-his' }, key))[0]).toBe(404);
    expect(refusalOf(await ask('grant', { grantee, role: 'viewer' }, key))[0]).toBe(403);
    for (const [name, fields] of [
      ['create-key', { label: 'x' }],
      ['create-service-account', { name: 'x' }],
      ['revoke-key', { key: 'x' }],
    ] as const)
      expect((await ask(name, fields, key)).status).toBe(403);
  });

  it.each<[string, object, number]>([
    ['grant', { grantee: { kind: 'account', id: 'nobody' }, role: 'viewer' }, 404],
    ['grant', { grantee: { kind: 'account', id: 'operator' }, role: 'viewer', effect: 'deny' }, 409],
    ['grant', { grantee: { kind: 'person', id: 'p' }, role: 'viewer', project: 'nowhere' }, 404],
    ['grant', { grantee: { kind: 'person', id: 'p@example.org' }, role: 'viewer' }, 400],
    ['grant', { grantee: { kind: 'person', id: 'p' }, role: 'owner' }, 400],
    ['grant', { grantee: { kind: 'person', id: 'p' }, role: 'viewer', actor: 'x' }, 400],
    ['withdraw-grant', { grantee: { kind: 'person', id: 'p' }, role: 'viewer' }, 404],
    ['create-service-account', { account: 'operator', name: 'x' }, 409],
    ['disable-service-account', { account: 'operator' }, 409],
    ['disable-service-account', { account: 'nobody' }, 404],
    ['create-key', { account: 'nobody', label: 'x' }, 404],
    ['create-key', { label: 'x', scopes: ['everything'] }, 400],
    ['create-key', { label: 'x', scopes: [] }, 400],
    ['create-key', { label: 'x', key: 'rlk_mine' }, 400],
    ['create-key', { label: 'x', expiresAt: 'tomorrow' }, 400],
    ['rotate-key', { key: 'nobody' }, 404],
    ['rotate-key', { key: 'nobody', overlapSeconds: -1 }, 400],
    ['revoke-key', { key: 'nobody' }, 404],
  ])('%s of %j is %i, and leaves nothing', async (name, fields, status) => {
    const count = async () => {
      const rows: unknown = await scene.source.query(
        'select (select count(*) from custody.journal_event), (select count(*) from custody.api_key) as keys',
      );
      return rows;
    };
    const before = await count();
    expect((await ask(name, fields)).status).toBe(status);
    expect(await count()).toEqual(before);
  });
});
