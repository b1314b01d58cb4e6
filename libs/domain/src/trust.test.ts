import { admitsClaims, decideTrust, evolveTrust, type TrustCommand, unseenTrust } from './trust';

const declare = (sub = 'repo:acme/train:*', more: Partial<Record<'account', string>> = {}): TrustCommand => ({
  name: 'declare-trust',
  declared: {
    trust: 't',
    issuer: 'ci',
    account: 'a',
    conditions: [{ claim: 'sub', pattern: sub }],
    scopes: ['admin'],
    lifetimeSeconds: 900,
    ...more,
  },
});

describe('a rule for jobs', () => {
  it('says which subjects, and is declared once', () => {
    const outcome = decideTrust(declare(), unseenTrust);
    const after = outcome.ok ? outcome.value.events.reduce(evolveTrust, unseenTrust) : unseenTrust;
    expect(after.status).toBe('in-force');
    expect(decideTrust(declare(), after)).toMatchObject({ ok: true, value: { events: [] } });
    expect(decideTrust(declare('repo:acme/other:*'), after)).toMatchObject({ ok: false, code: 'TRUST_EXISTS' });
    const gone = evolveTrust(after, { type: 'trust.withdrawn', data: { trust: 't' } });
    expect(decideTrust(declare(), gone)).toMatchObject({ ok: false, code: 'TRUST_EXISTS' });
  });

  it.each(['*', '**', '*:*', ':'])('is not declared for %s', (sub) =>
    expect(decideTrust(declare(sub), unseenTrust)).toMatchObject({ ok: false, code: 'TRUST_TOO_WIDE' }),
  );

  it("is not declared for the server's own account", () =>
    expect(decideTrust(declare('x', { account: 'operator' }), unseenTrust)).toMatchObject({ ok: false }));
});

describe('a pattern', () => {
  it.each([
    ['repo:acme/train:ref:refs/heads/main', 'repo:acme/train:ref:refs/heads/main', true],
    ['repo:acme/*:ref:refs/heads/main', 'repo:acme/train:ref:refs/heads/main', true],
    ['repo:acme/*:ref:refs/heads/main', 'repo:acme/x:environment:y:ref:refs/heads/main', false],
    ['repo:acme/*', 'repo:acme/train:pull_request', false],
    ['repo:acme/train:*', 'repo:acme/train-evil:pull_request', false],
    ['system:serviceaccount:ml:*', 'system:serviceaccount:ml:trainer', true],
    ['system:serviceaccount:ml:*', 'system:serviceaccount:other:trainer', false],
    ['a.c', 'abc', false],
    ['a*', 'a\nb', true],
    ['(a+)+', 'aaaa', false],
  ])('%s against %j: %s', (pattern, value, expected) =>
    expect(admitsClaims({ conditions: [{ claim: 'sub', pattern }] }, { sub: value })).toBe(expected),
  );

  it.each([[['a']], [{ a: 1 }], [null], [undefined]])('is not fulfilled by %j', (sub) =>
    expect(admitsClaims({ conditions: [{ claim: 'sub', pattern: '*' }] }, { sub })).toBe(false),
  );

  it('looks at no claim that an object has by birth', () =>
    expect(admitsClaims({ conditions: [{ claim: 'toString', pattern: '*' }] }, {})).toBe(false));
});
