import { eventually } from '@runledger/testkit';
import { openPeopleScene, type PeopleScene } from '../test/people-scene';
import { openProvider, type Provider } from '../test/programmable-provider';

const EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';
const JWT = 'urn:ietf:params:oauth:token-type:jwt';
const AUDIENCE = 'https://runledger.test';

let ci: Provider;
let stranger: Provider;
let scene: PeopleScene;
beforeAll(async () => {
  [ci, stranger] = [await openProvider('ci'), await openProvider('stranger')];
  scene = await openPeopleScene([{ id: 'ci', url: ci.url, signsIn: 'workloads', audience: AUDIENCE }]);
  for (const account of ['trainer', 'other']) await scene.account(account, 'editor');
  await scene.trust('main', 'trainer', 'repo:acme/train:ref:refs/heads/*');
  await scene.trust('prod', 'trainer', 'repo:acme/deploy:environment:prod', { claim: 'run_attempt', pattern: '1' });
  await scene.trust('k8s', 'trainer', 'system:serviceaccount:ml:trainer');
  for (const id of ['twice', 'again']) await scene.trust(id, 'other', 'repo:acme/twice:pull_request');
});
afterAll(async () => {
  await scene.close();
  await ci.close();
  await stranger.close();
});

type Claims = Parameters<Provider['sign']>[0];
const now = (): number => Math.floor(Date.now() / 1_000);
/** As GitHub's tokens look. */
const claims = (more: Claims = {}): Claims => ({
  iss: ci.url,
  aud: AUDIENCE,
  sub: 'repo:acme/train:ref:refs/heads/main',
  repository: 'acme/train',
  run_attempt: '1',
  iat: now(),
  exp: now() + 300,
  ...more,
});

type Answer = { access_token?: string; expires_in?: number; error?: string };
async function post(fields: Record<string, string> | Array<[string, string]>): Promise<[number, Answer]> {
  const body = new URLSearchParams(fields);
  const answer = await fetch(`${scene.server.url}/api/v1/token`, { method: 'POST', body });
  return [answer.status, (await answer.json()) as Answer];
}
const exchange = (token: string, more: Record<string, string> = {}) =>
  post({ grant_type: EXCHANGE, subject_token: token, subject_token_type: JWT, ...more });
const me = async (token = ''): Promise<{ actor: string; permissions: unknown[] } | number> => {
  const headers = { authorization: `Bearer ${token}` };
  const answer = await fetch(`${scene.server.url}/api/v1/me`, { headers });
  return answer.status === 200 ? ((await answer.json()) as { actor: string; permissions: unknown[] }) : answer.status;
};

describe('a job', () => {
  it.each([
    ['of GitHub Actions', claims, 'trainer'],
    [
      'of Kubernetes',
      () => claims({ sub: 'system:serviceaccount:ml:trainer', 'kubernetes.io': { namespace: 'ml' }, aud: [AUDIENCE] }),
      'trainer',
    ],
    ['that fulfils a second condition', () => claims({ sub: 'repo:acme/deploy:environment:prod' }), 'trainer'],
  ])('%s acts as the account, with what the rule leaves it, for a short time', async (_what, made, account) => {
    const [status, answer] = await exchange(await ci.sign(made()));
    expect([status, answer]).toEqual([
      200,
      {
        access_token: expect.stringMatching(/^rls_/),
        issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
        token_type: 'Bearer',
        expires_in: expect.any(Number),
      },
    ]);
    expect(answer.expires_in).toBeLessThanOrEqual(600);
    expect(await me(answer.access_token)).toMatchObject({
      actor: `service-account/${account}`,
      permissions: [{ permission: 'runs:read' }],
    });
    const [opened] = (await scene.eventsOf('session.opened')).slice(-1);
    expect(opened).toMatchObject({
      actor: `service-account/${account}`,
      data: { kind: 'workload', issuer: 'ci', workload: made().sub },
    });
  });

  it('names the rule where several let it in', async () => {
    const token = await ci.sign(claims({ sub: 'repo:acme/twice:pull_request' }));
    expect(await exchange(token)).toMatchObject([400, { error: 'invalid_target' }]);
    expect((await exchange(token, { audience: 'again' }))[0]).toBe(200);
    expect(await exchange(token, { audience: 'main' })).toMatchObject([400, { error: 'invalid_grant' }]);
  });

  it('is out when the rule is withdrawn', async () => {
    await scene.trust('short', 'other', 'repo:acme/short:pull_request');
    const token = await ci.sign(claims({ sub: 'repo:acme/short:pull_request' }));
    const [, { access_token }] = await exchange(token);
    expect(typeof (await me(access_token))).toBe('object');
    await scene.withdraw('short');
    await eventually(async () => (await me(access_token)) === 401 || undefined, 5_000, 100);
    expect((await exchange(token))[0]).toBe(400);
  });
});

describe('nobody gets in', () => {
  const signed = (more: Claims) => () => ci.sign(claims(more));

  it.each<[string, () => Promise<string> | string]>([
    ['from another branch than the rule says', signed({ sub: 'repo:acme/train:pull_request' })],
    ['from another repository', signed({ sub: 'repo:evil/train:ref:refs/heads/main' })],
    ['by filling in more than a part', signed({ sub: 'repo:acme/train:ref:refs/heads/a:ref:refs/heads/main' })],
    ['when a second condition fails', signed({ sub: 'repo:acme/deploy:environment:prod', run_attempt: '2' })],
    ['when a second claim is not there', signed({ sub: 'repo:acme/deploy:environment:prod', run_attempt: undefined })],
    ['by a token for another service', signed({ aud: 'https://other.test' })],
    ['by an expired token', signed({ exp: now() - 120, iat: now() - 600 })],
    ['by a token that never expires', signed({ exp: undefined })],
    ['without a signature', () => ci.unsigned(claims())],
    ['by a token of an issuer that nobody named', () => stranger.sign(claims({ iss: stranger.url }))],
    ['by a token that a stranger signed in the name of the issuer', () => stranger.sign(claims())],
    ['by an unpublished key', async () => ci.sign(claims(), await ci.newKey('unpublished'))],
    ['by no token at all', () => 'nonsense'],
  ])('%s', async (_what, make) => {
    expect(await exchange(await make())).toEqual([
      400,
      { error: 'invalid_grant', error_description: expect.any(String) },
    ]);
  });

  it.each<[Record<string, string> | Array<[string, string]>]>([
    [{}],
    [{ grant_type: 'password', username: 'a', password: 'b' }],
    [{ grant_type: EXCHANGE, subject_token: 'x' }],
    [{ grant_type: EXCHANGE, subject_token: 'x'.repeat(20_000), subject_token_type: JWT }],
    [
      [
        ['grant_type', EXCHANGE],
        ['grant_type', 'authorization_code'],
      ],
    ],
    [{ grant_type: 'authorization_code', code: 'x', code_verifier: 'short' }],
  ])('by %j', async (fields) => {
    expect(await post(fields)).toMatchObject([400, { error: 'invalid_request' }]);
  });
});
