import { localAccountsAnswer, meAnswer, peopleAnswer } from '@runledger/contracts/http';
import { drawing, eventually } from '@runledger/testkit';
import { CookieJar, openPeopleScene, type PeopleScene } from '../test/people-scene';

let scene: PeopleScene;
beforeAll(async () => {
  scene = await openPeopleScene([]);
});
afterAll(() => scene.close());

const SESSION = '__Host-runledger';
const GOOD = 'correct horse battery';
const admin = (method: string, path: string, body?: object) =>
  fetch(`${scene.server.url}/api/v1/local-accounts${path}`, {
    method,
    headers: { authorization: `Bearer ${scene.adminKey}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
const make = async (name: string, password = GOOD): Promise<string> => {
  const answer = await admin('POST', '', { name, password });
  expect(answer.status).toBe(200);
  return ((await answer.json()) as { person: string }).person;
};
const signIn = (jar: CookieJar, name: string, password: string, headers?: Record<string, string>) =>
  jar.ask(`${scene.server.url}/auth/local`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(headers ?? { origin: scene.server.url }) },
    body: JSON.stringify({ name, password }),
  });
const statusOf = async (jar: CookieJar): Promise<number> => (await jar.ask(`${scene.server.url}/api/v1/me`)).status;

it('lets in who has a name and a password, as a person to whom things are granted', async () => {
  const person = await make('ann');
  const jar = new CookieJar();
  expect((await signIn(jar, 'ann', GOOD)).status).toBe(200);
  await scene.grant({ kind: 'person', id: person }, 'viewer');
  const me = await eventually(async () => {
    const told = (await (await jar.ask(`${scene.server.url}/api/v1/me`)).json()) as { permissions: unknown[] };
    return told.permissions.length > 0 ? told : undefined;
  }, 5_000);
  expect(me).toMatchObject({ actor: `person/${person}`, name: 'ann' });
  expect(await (await jar.ask(`${scene.server.url}/auth/issuers`)).json()).toEqual({
    issuers: [],
    localAccounts: true,
  });
});

it('keeps neither passwords nor names in the record, and a salted slow hash of its own for each', async () => {
  await make('yvonne', 'one password for two'); // no name whose letters an id could have
  await make('bob', 'one password for two');
  const kept: Array<{ password: string }> = await scene.source.query(
    `select name, password from custody.local_account where name in ('yvonne', 'bob')`,
  );
  expect(new Set(kept.map(({ password }) => password)).size).toBe(2);
  for (const { password } of kept) expect(password).toMatch(/^scrypt:15:8:3:[\w-]{22}:[\w-]{43}$/);
  const journal = JSON.stringify(await scene.source.query('select * from custody.journal_event'));
  expect([journal.includes('yvonne'), journal.includes('one password')]).toEqual([false, false]);
  expect((await scene.eventsOf('local-account.set')).at(-1)).toMatchObject({ actor: 'admin' });
});

it('signs out whoever is signed in when the password changes or the account is removed', async () => {
  const person = await make('cleo');
  const jar = new CookieJar();
  await signIn(jar, 'cleo', GOOD);
  expect(await make('cleo', 'another password')).toBe(person);
  await eventually(async () => (await statusOf(jar)) === 401 || undefined, 5_000, 100);
  expect((await signIn(jar, 'cleo', GOOD)).status).toBe(401);
  expect((await signIn(jar, 'cleo', 'another password')).status).toBe(200);
  expect((await admin('DELETE', '/cleo')).status).toBe(200);
  await eventually(async () => (await statusOf(jar)) === 401 || undefined, 5_000, 100);
  expect((await signIn(jar, 'cleo', 'another password')).status).toBe(401);
  expect((await admin('DELETE', '/cleo')).status).toBe(404);
  expect((await scene.eventsOf('local-account.removed')).length).toBe(1);
});

it('locks after wrong passwords, also when many come at once, says so to nobody but the admin, and opens again', async () => {
  await make('dan');
  const answers = await Promise.all(Array.from({ length: 12 }, () => signIn(new CookieJar(), 'dan', 'wrong')));
  const texts = await Promise.all(answers.map((answer) => answer.text()));
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([401]));
  const locked = await signIn(new CookieJar(), 'dan', GOOD);
  const strip = (text: string): unknown => ({ ...JSON.parse(text).error, requestId: undefined });
  expect([locked.status, strip(await locked.text())]).toEqual([401, strip(texts[0] ?? '{}')]);
  const [{ failures }] = await scene.source.query(`select failures from custody.local_account where name = 'dan'`);
  expect(failures).toBe(6);
  const { localAccounts } = (await (await admin('GET', '')).json()) as {
    localAccounts: Array<{ name: string; lockedUntil: string | null }>;
  };
  expect(localAccounts.find(({ name }) => name === 'dan')?.lockedUntil).toMatch(/^20/);
  await scene.source.query(`update custody.local_account set locked_until = now() - interval '1 s' where name = 'dan'`);
  expect((await signIn(new CookieJar(), 'dan', GOOD)).status).toBe(200);
  expect(await scene.source.query(`select failures from custody.local_account where name = 'dan'`)).toEqual([
    { failures: 0 },
  ]);
});

it('answers an unknown name as a wrong password, and makes nothing of it', async () => {
  await make('eli');
  const before = await scene.source.query('select count(*)::int as n from custody.local_account');
  for (const name of ['nobody-here', '', 'x'.repeat(200), "' or 1=1 --", 'ELI']) {
    const answer = await signIn(new CookieJar(), name, GOOD);
    expect([name, answer.status]).toEqual([name, 401]);
    expect(answer.headers.getSetCookie()).toEqual([]);
  }
  expect(await scene.source.query('select count(*)::int as n from custody.local_account')).toEqual(before);
  await scene.flushRefusals();
  expect((await scene.eventsOf('session.refused')).at(-1)).toMatchObject({
    data: { issuer: 'local', code: 'PEOPLE_BAD_PASSWORD' },
  });
});

it('takes a password in whatever way its letters are composed', async () => {
  await make('fay', 'cafe\u0301 au lait, please');
  expect((await signIn(new CookieJar(), 'fay', 'caf\u00e9 au lait, please')).status).toBe(200);
});

it('signs in from its own pages alone, and refuses what is no account', async () => {
  await make('gus');
  const jar = new CookieJar();
  expect((await signIn(jar, 'gus', GOOD, {})).status).toBe(403);
  expect((await signIn(jar, 'gus', GOOD, { origin: 'http://evil.example' })).status).toBe(403);
  expect(jar.get(SESSION)).toBeUndefined();
  for (const body of [
    { name: 'Upper', password: GOOD },
    { name: 'short', password: 'too short' },
    { name: '', password: GOOD },
    { name: 'more', password: GOOD, role: 'admin' },
    { name: 'long', password: 'x'.repeat(257) },
  ])
    expect([body.name, (await admin('POST', '', body)).status]).toEqual([body.name, 400]);
  expect((await fetch(`${scene.server.url}/api/v1/local-accounts`)).status).toBe(401);
});

it('lists accounts, and everybody who ever had one, as they were made and removed one after another', async () => {
  const draw = drawing(5);
  const own = (name: string): boolean => name.startsWith('random-');
  const accounts = new Map<string, string>();
  const people: string[] = [];
  for (let i = 0; i < 12; i++) {
    const name = `random-${Math.floor(draw() * 3)}`;
    if (draw() < 0.35) {
      expect((await admin('DELETE', `/${name}`)).status).toBe(accounts.delete(name) ? 200 : 404);
      continue;
    }
    const person = await make(name);
    // Another password is of the same person, as is an account that is made again.
    if (accounts.has(name)) expect(person).toBe(accounts.get(name));
    accounts.set(name, person);
    if (!people.includes(person)) people.push(person);
  }
  const { localAccounts } = localAccountsAnswer.parse(await (await admin('GET', '')).json());
  expect(localAccounts.filter(({ name }) => own(name)).map(({ name, person }) => [name, person])).toEqual(
    [...accounts].sort(([a], [b]) => (a < b ? -1 : 1)),
  );
  const headers = { authorization: `Bearer ${scene.adminKey}` };
  const told = peopleAnswer.parse(await (await fetch(`${scene.server.url}/api/v1/people`, { headers })).json()).people;
  expect(told.filter(({ name }) => own(name ?? '')).map(({ person }) => person)).toEqual(people);
  for (const [name, person] of accounts) {
    const jar = new CookieJar();
    expect((await signIn(jar, name, GOOD)).status).toBe(200);
    const me = meAnswer.parse(await (await jar.ask(`${scene.server.url}/api/v1/me`)).json());
    expect(me).toEqual({ workspace: 'default', actor: `person/${person}`, name, email: null, permissions: [] });
  }
}, 60_000);
