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

const EVENT = 'http://schemas.openid.net/event/backchannel-logout';
const now = (): number => Math.floor(Date.now() / 1_000);
type Claims = Parameters<Provider['sign']>[0];

async function signIn(sub: string, sid?: string): Promise<CookieJar> {
  const jar = new CookieJar();
  const { state, nonce, challenge } = await beginSignIn(scene, jar);
  const claims = { iss: provider.url, aud: 'runledger', sub, nonce, sid, iat: now(), exp: now() + 60 };
  const code = provider.promise(await provider.sign(claims), challenge);
  await jar.ask(`${scene.server.url}/auth/callback/corp?code=${code}&state=${state}`);
  expect(await isIn(jar)).toBe(true);
  return jar;
}
const isIn = async (jar: CookieJar): Promise<boolean> =>
  (await jar.ask(`${scene.server.url}/api/v1/me`)).status === 200;
const isOut = (jar: CookieJar) => eventually(async () => !(await isIn(jar)) || undefined, 5_000, 100);

const said = (more: Claims = {}): Claims => ({
  iss: provider.url,
  aud: 'runledger',
  iat: now(),
  exp: now() + 60,
  jti: `j-${Math.random()}`,
  events: { [EVENT]: {} },
  ...more,
});
const tell = (token: string, issuer = 'corp') =>
  fetch(`${scene.server.url}/auth/backchannel-logout/${issuer}`, {
    method: 'POST',
    body: new URLSearchParams({ logout_token: token }),
  });

it('ends what began in the session that the provider ended, and nothing else, and records it', async () => {
  const [here, there, another] = [await signIn('ann', 's1'), await signIn('ann', 's2'), await signIn('ben', 's3')];
  const told = await tell(await provider.sign(said({ sub: 'ann', sid: 's1' })));
  expect([told.status, told.headers.get('cache-control')]).toEqual([200, 'no-store']);
  await isOut(here);
  expect([await isIn(there), await isIn(another)]).toEqual([true, true]);
  expect((await scene.eventsOf('session.closed')).length).toBe(1);
});

it('ends all sessions of a person whom the provider signed out everywhere, the terminal too, and no namesake’s', async () => {
  const jars = [await signIn('cleo', 's4'), await signIn('cleo')];
  const stranger = await signIn('dan', 's4');
  expect((await tell(await provider.sign(said({ sub: 'cleo' })))).status).toBe(200);
  for (const jar of jars) await isOut(jar);
  expect(await isIn(stranger)).toBe(true);
  // By the session there alone, whoever was in it.
  expect((await tell(await provider.sign(said({ sid: 's4' })))).status).toBe(200);
  await isOut(stranger);
});

describe('is told nothing', () => {
  const signed = (more: Claims) => () => provider.sign(said({ sub: 'eve', ...more }));
  it.each<[string, () => Promise<string> | string]>([
    ['by a token without a signature', () => provider.unsigned(said({ sub: 'eve' }))],
    ['by a token for somebody else', signed({ aud: 'another' })],
    ['by a token of another issuer', () => provider.sign(said({ sub: 'eve', iss: other.url }))],
    ['by a token that another issuer signed', () => other.sign(said({ sub: 'eve' }))],
    ['by an expired token', signed({ iat: now() - 600, exp: now() - 300 })],
    ['by a token that never ends', signed({ exp: undefined })],
    ['by a token without an id', signed({ jti: undefined })],
    ['by an ID token', signed({ events: undefined })],
    ['by a token of another event', signed({ events: { 'http://example.com/other': {} } })],
    ['by a token with a nonce', signed({ nonce: 'n' })],
    ['by a token that names nobody', signed({ sub: undefined })],
    ['by something that is no token', () => 'nonsense'],
  ])('%s', async (_what, token) => {
    const jar = await signIn('eve', 's5');
    expect((await tell(await token())).status).toBe(400);
    const live = await scene.source.query(
      `select count(*)::int as n from custody.session where provider_session = 's5'`,
    );
    expect(live[0].n).toBeGreaterThan(0);
    expect(await isIn(jar)).toBe(true);
  });

  it('where there is no such provider, or the token is no field', async () => {
    expect((await tell(await provider.sign(said({ sub: 'eve' })), 'nobody')).status).toBe(404);
    expect(
      (await fetch(`${scene.server.url}/auth/backchannel-logout/corp`, { method: 'POST', body: new URLSearchParams() }))
        .status,
    ).toBe(400);
  });
});
