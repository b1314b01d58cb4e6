import { createHash } from 'node:crypto';
import { eventually } from '@runledger/testkit';
import { CookieJar, type PeopleScene } from '../test/people-scene';
import type { Provider } from '../test/programmable-provider';
import { beginSignIn, openTwoProviders, type TwoProviders } from '../test/two-providers';

let provider: Provider;
let other: Provider;
let scene: PeopleScene;
let close: TwoProviders['close'];
beforeAll(async () => {
  ({ provider, other, scene, close } = await openTwoProviders());
});
afterAll(() => close());

type Asked = Readonly<{ state: string; nonce: string; challenge: string }>;
type Claims = Parameters<Provider['sign']>[0];
const SESSION = '__Host-runledger';

async function begin(jar: CookieJar, issuer = 'corp', to = '/runs/x?tab=params'): Promise<Asked> {
  const { status, method, ...asked } = await beginSignIn(scene, jar, issuer, to);
  expect([status, method]).toEqual([303, 'S256']);
  return asked;
}

const now = (): number => Math.floor(Date.now() / 1_000);
const claimsOf = ({ nonce }: Pick<Asked, 'nonce'>, more: Claims = {}): Claims => ({
  iss: provider.url,
  aud: 'runledger',
  sub: 'alice@idp',
  nonce,
  iat: now(),
  exp: now() + 60,
  ...more,
});

async function comeBack(jar: CookieJar, code: string, state: string, issuer = 'corp'): Promise<string> {
  const answer = await jar.ask(`${scene.server.url}/auth/callback/${issuer}?code=${code}&state=${state}`);
  expect(answer.status).toBe(303);
  return (answer.headers.get('location') ?? '').slice(scene.server.url.length);
}

async function signIn(more: Claims = {}): Promise<CookieJar> {
  const jar = new CookieJar();
  const asked = await begin(jar);
  const code = provider.promise(await provider.sign(claimsOf(asked, more)), asked.challenge);
  expect(await comeBack(jar, code, asked.state)).toBe('/runs/x?tab=params');
  return jar;
}

type Me = { actor: string; name: string | null; permissions: Array<{ permission: string }> };
async function me(jar: CookieJar): Promise<Me | number> {
  const answer = await jar.ask(`${scene.server.url}/api/v1/me`);
  return answer.status === 200 ? ((await answer.json()) as Me) : answer.status;
}
const permissionsOf = async (jar: CookieJar): Promise<string[]> =>
  ((await me(jar)) as Me).permissions.map(({ permission }) => permission);

describe('who signs in by a provider', () => {
  it('is known by a random id, may nothing, and what her groups are granted from then on', async () => {
    const jar = await signIn({
      name: 'Alice',
      email: 'alice@example.com',
      groups: ['/ml/admins', 'readers', 'not an id'],
    });
    const told = (await me(jar)) as Me;
    expect(told).toMatchObject({ name: 'Alice', permissions: [] });
    expect(told.actor).toMatch(/^person[/][0-9a-f-]{36}$/);
    await scene.grant({ kind: 'group', id: 'partner:readers' }, 'admin');
    await scene.grant({ kind: 'group', id: 'corp:readers' }, 'viewer');
    await eventually(async () => (await permissionsOf(jar)).includes('runs:read') || undefined, 5_000, 100);
    expect(await permissionsOf(jar)).not.toContain('admin');
    await scene.grant({ kind: 'group', id: 'corp:ml-admins' }, 'admin');
    await eventually(async () => (await permissionsOf(jar)).includes('admin') || undefined, 5_000, 100);
    const people = await jar.ask(`${scene.server.url}/api/v1/people`);
    expect(await people.json()).toMatchObject({ people: [{ issuer: 'corp', subject: 'alice@idp', name: 'Alice' }] });
  });

  it('is the same person the next time', async () => {
    const [first, second] = [await signIn(), await signIn()];
    expect(((await me(first)) as Me).actor).toBe(((await me(second)) as Me).actor);
    expect(((await me(await signIn({ sub: 'bob' }))) as Me).actor).not.toBe(((await me(first)) as Me).actor);
  });

  it('is in the record by that id alone, and neither the token nor the name is', async () => {
    const jar = await signIn({ sub: 'carol', name: 'Carol Unmistakable' });
    const { actor } = (await me(jar)) as Me;
    expect((await scene.eventsOf('session.opened')).at(-1)).toMatchObject({
      actor,
      data: { kind: 'browser', issuer: 'corp' },
    });
    const stored = JSON.stringify(await scene.source.query('select * from custody.journal_event, custody.session'));
    expect(stored).not.toContain('Unmistakable');
    expect(stored).not.toContain(jar.get(SESSION));
  });

  it('gets a cookie that no script, no other site and no other host gets', async () => {
    const jar = new CookieJar();
    const asked = await begin(jar);
    const code = provider.promise(await provider.sign(claimsOf(asked)), asked.challenge);
    const answer = await jar.ask(`${scene.server.url}/auth/callback/corp?code=${code}&state=${asked.state}`);
    const [cookie] = answer.headers.getSetCookie();
    expect(cookie).toMatch(
      /^__Host-runledger=rls_[\w-]{43}; Path=[/]; Secure; HttpOnly; SameSite=Strict; Max-Age=7200$/,
    );
  });

  it('is let in by the cookie alone: neither a session as a key nor a key as a session', async () => {
    const jar = await signIn();
    const authorization = `Bearer ${jar.get(SESSION)}`;
    expect((await fetch(`${scene.server.url}/api/v1/me`, { headers: { authorization } })).status).toBe(401);
    const cookie = `${SESSION}=${scene.adminKey}`;
    expect((await fetch(`${scene.server.url}/api/v1/me`, { headers: { cookie } })).status).toBe(401);
  });

  it('is signed out at once, for good, and that is in the record', async () => {
    const jar = await signIn({ sub: 'dora' });
    const token = jar.get(SESSION) ?? '';
    const logout = (origin?: string) =>
      jar.ask(`${scene.server.url}/auth/logout`, { method: 'POST', headers: origin === undefined ? {} : { origin } });
    expect((await logout()).status).toBe(403);
    expect((await logout('http://evil.example')).status).toBe(403);
    expect(typeof (await me(jar))).toBe('object');
    expect((await logout(scene.server.url)).status).toBe(200);
    expect(jar.get(SESSION)).toBeUndefined();
    jar.set(SESSION, token);
    await eventually(async () => (await me(jar)) === 401 || undefined, 5_000, 100);
    expect((await scene.eventsOf('session.closed')).length).toBe(1);
  });

  it('is signed out when the session has been idle or old enough', async () => {
    for (const [column, value] of [
      ['idle_seconds', '0'],
      ['expires_at', 'now()'],
    ]) {
      const jar = await signIn();
      expect(typeof (await me(jar))).toBe('object');
      await scene.source.query(`update custody.session set ${column} = ${value}`);
      await eventually(async () => (await me(jar)) === 401 || undefined, 5_000, 100);
    }
  });

  it('after the provider has changed its keys, too', async () => {
    await signIn();
    await provider.rotate();
    await eventually(
      async () => {
        const jar = new CookieJar();
        const asked = await begin(jar);
        const code = provider.promise(await provider.sign(claimsOf(asked)), asked.challenge);
        return (await comeBack(jar, code, asked.state)) === '/runs/x?tab=params' || undefined;
      },
      15_000,
      500,
    );
  });
});

it('keeps in the record who asked for what he may not, and how often', async () => {
  const jar = await signIn({ sub: 'eve' });
  const { actor } = (await me(jar)) as Me;
  for (let i = 0; i < 3; i++) expect((await jar.ask(`${scene.server.url}/api/v1/people`)).status).toBe(403);
  await scene.flushRefusals();
  const refused = (await scene.eventsOf('access.refused')).filter(({ data }) => data['who'] === actor);
  expect(refused.map(({ data }) => data)).toEqual([
    expect.objectContaining({ permission: 'access:read', route: 'GET /api/v1/people', count: 3 }),
  ]);
});

describe('a terminal', () => {
  const verifier = 'v'.repeat(64);
  const challenge = createHash('sha256').update(verifier).digest('base64url');
  const promise = (jar: CookieJar, headers: Record<string, string> = { origin: scene.server.url }) =>
    jar.ask(`${scene.server.url}/api/v1/session-codes`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ challenge }),
    });
  const redeem = (code: string, code_verifier = verifier) =>
    fetch(`${scene.server.url}/api/v1/token`, {
      method: 'POST',
      body: new URLSearchParams({ grant_type: 'authorization_code', code, code_verifier }),
    });
  const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });

  it('signs in by what a signed-in browser allows, once, and signs out', async () => {
    const jar = await signIn({ sub: 'tess', name: 'Tess' });
    const { code } = (await (await promise(jar)).json()) as { code: string };
    const answer = await redeem(code);
    expect(answer.status).toBe(200);
    const { access_token: token } = (await answer.json()) as { access_token: string };
    const told = await fetch(`${scene.server.url}/api/v1/me`, bearer(token));
    expect(await told.json()).toMatchObject({ name: 'Tess', actor: ((await me(jar)) as Me).actor });
    expect((await redeem(code)).status).toBe(400);
    jar.set(SESSION, token);
    expect(await me(jar)).toBe(401);
    const out = { ...bearer(token), method: 'POST' };
    expect((await fetch(`${scene.server.url}/api/v1/logout`, out)).status).toBe(200);
    await eventually(
      async () => (await fetch(`${scene.server.url}/api/v1/me`, bearer(token))).status === 401 || undefined,
      5_000,
      100,
    );
  });

  it('gets nothing by another verifier, which uses the code up, nor for who has a key', async () => {
    const jar = await signIn();
    const { code } = (await (await promise(jar)).json()) as { code: string };
    expect((await redeem(code, 'w'.repeat(64))).status).toBe(400);
    expect((await redeem(code)).status).toBe(400);
    expect((await promise(jar, {})).status).toBe(403);
    expect((await promise(new CookieJar(), { authorization: `Bearer ${scene.adminKey}` })).status).toBe(409);
    const byKey = { ...bearer(scene.adminKey), method: 'POST' };
    expect((await fetch(`${scene.server.url}/api/v1/logout`, byKey)).status).toBe(409);
  });
});

describe('nobody signs in', () => {
  const REFUSED = /^[/]#refused=PEOPLE_(REFUSED|BAD_TOKEN|NOT_BEGUN)$/;

  /** One attempt, with one thing wrong; nothing must come of it. */
  async function tried(token: (asked: Asked) => Promise<string> | string, state?: string): Promise<string> {
    const before = await scene.source.query('select count(*)::int as n from custody.session');
    const jar = new CookieJar();
    const asked = await begin(jar);
    const code = provider.promise(await token(asked), asked.challenge);
    const place = await comeBack(jar, code, state ?? asked.state);
    expect(jar.get(SESSION)).toBeUndefined();
    expect(await scene.source.query('select count(*)::int as n from custody.session')).toEqual(before);
    return place;
  }
  const signed = (more: Claims) => (asked: Asked) => provider.sign(claimsOf(asked, more));

  it.each<[string, (asked: Asked) => Promise<string> | string]>([
    ['without a signature (alg none)', (asked) => provider.unsigned(claimsOf(asked))],
    ['by a token for somebody else', signed({ aud: 'another-client' })],
    ['by a token of another issuer', (asked) => provider.sign(claimsOf(asked, { iss: other.url }))],
    ['by a token that another issuer signed', (asked) => other.sign(claimsOf(asked))],
    ['by a token with another nonce', signed({ nonce: 'another' })],
    ['by a token without a nonce', signed({ nonce: undefined })],
    ['by a token without a subject', signed({ sub: undefined })],
    ['by an expired token', signed({ exp: now() - 120, iat: now() - 240 })],
    ['by a token that is not valid yet', signed({ nbf: now() + 600 })],
    ['by a token for several of whom it names none', signed({ aud: ['runledger', 'x'], azp: 'x' })],
    [
      'by a token whose key the issuer does not publish',
      async (asked) => provider.sign(claimsOf(asked), await provider.newKey('unpublished')),
    ],
    ['by a token that was changed', async (asked) => (await provider.sign(claimsOf(asked))).replace(/.{4}$/, 'AAAA')],
    ['by something that is no token', () => 'nonsense'],
  ])('%s', async (_what, token) => expect(await tried(token)).toMatch(REFUSED));

  it("with a state that is not this browser's", async () => {
    expect(await tried((asked) => provider.sign(claimsOf(asked)), 'another')).toMatch(REFUSED);
  });

  it('by a code that was used', async () => {
    const jar = new CookieJar();
    const asked = await begin(jar);
    const kept = jar.get('__Host-runledger-sign-in') ?? '';
    const code = provider.promise(await provider.sign(claimsOf(asked)), asked.challenge);
    expect(await comeBack(jar, code, asked.state)).not.toMatch(REFUSED);
    const again = new CookieJar();
    again.set('__Host-runledger-sign-in', kept);
    expect(await comeBack(again, code, asked.state)).toMatch(REFUSED);
  });

  it('in a browser that did not begin, or began with another provider', async () => {
    const asked = await begin(new CookieJar());
    const code = provider.promise(await provider.sign(claimsOf(asked)), asked.challenge);
    expect(await comeBack(new CookieJar(), code, asked.state)).toMatch(REFUSED);
    const jar = new CookieJar();
    const partner = await begin(jar, 'partner');
    expect(await comeBack(jar, code, partner.state)).toMatch(REFUSED);
  });

  it.each(['//evil.example', '/\\evil.example', 'https://evil.example', '/a b'])('towards %s', async (to) => {
    const answer = await fetch(`${scene.server.url}/auth/login/corp?to=${encodeURIComponent(to)}`, {
      redirect: 'manual',
    });
    expect(answer.status).toBe(400);
  });

  it('and the record says how often and why', async () => {
    await scene.flushRefusals();
    const events = await scene.eventsOf('session.refused');
    expect(events.length).toBeGreaterThan(1);
    expect(events.length).toBeLessThan(10);
    for (const { data } of events) expect(data).toMatchObject({ issuer: 'corp', count: expect.any(Number) });
  });
});
