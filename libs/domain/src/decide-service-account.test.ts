import fc from 'fast-check';
import { type AccountCommand, decideAccount, MOST_LIVE_KEYS, OPERATOR_ACCOUNT } from './decide-service-account';
import { evolveAccount, type ServiceAccount, unseenAccount } from './service-account';

const now = '2026-01-01T00:00:00.000Z';
const later = (seconds: number): string => new Date(Date.parse(now) + seconds * 1_000).toISOString();
const create: AccountCommand = { name: 'create-service-account', account: 'a', as: 'A', description: '', now };
const key = (id: string, expiresAt: string | null = null, account = 'a'): AccountCommand => ({
  name: 'create-key',
  account,
  key: id,
  label: 'l',
  scopes: ['runs:read'],
  projects: ['p'],
  expiresAt,
  now,
});
const rotate = (old: string, id: string, oldExpiresAt: string): AccountCommand => ({
  name: 'rotate-key',
  account: 'a',
  key: id,
  old,
  oldExpiresAt,
  expiresAt: null,
  now,
});

/** The state after the commands that are not refused. */
const after = (...commands: AccountCommand[]): ServiceAccount =>
  commands.reduce((account, command) => {
    const outcome = decideAccount(command, account);
    return outcome.ok ? outcome.value.events.reduce(evolveAccount, account) : account;
  }, unseenAccount);
const refusal = (command: AccountCommand, account: ServiceAccount): string | null => {
  const outcome = decideAccount(command, account);
  return outcome.ok ? null : outcome.code;
};

describe('a service account', () => {
  it('has no keys before it is created, but for the operator', () => {
    expect(refusal(key('k'), unseenAccount)).toBe('ACCOUNT_UNKNOWN');
    expect(refusal(key('k', null, OPERATOR_ACCOUNT), unseenAccount)).toBeNull();
  });

  it('gives the new key what the old one had, and the old one an end that is never later than it was', () => {
    const rotated = after(create, key('k', later(100)), rotate('k', 'n', later(500)));
    expect(rotated.keys.get('k')).toMatchObject({ expiresAt: later(100), status: 'active' });
    expect(rotated.keys.get('n')).toEqual({ ...rotated.keys.get('k'), expiresAt: later(100), replaces: 'k' });
    expect(after(create, key('k'), rotate('k', 'n', later(5))).keys.get('k')).toMatchObject({ expiresAt: later(5) });
  });

  it('has so many live keys at most; expired and revoked ones do not count', () => {
    const many = Array.from({ length: MOST_LIVE_KEYS }, (_, i) => key(`k${i}`));
    expect(refusal(key('one-more'), after(create, ...many))).toBe('ACCOUNT_KEYS_FULL');
    const revoke: AccountCommand = { name: 'revoke-key', account: 'a', key: 'k0', now };
    expect(refusal(key('one-more'), after(create, ...many, revoke))).toBeNull();
  });

  it('never lets a revoked key live again, whatever is asked', () => {
    const id = fc.constantFrom('k', 'n', 'm');
    const command = fc.oneof(
      id.map((one) => rotate('k', one, later(9))),
      id.map((one): AccountCommand => ({ name: 'revoke-key', account: 'a', key: one, now })),
      fc.constantFrom<AccountCommand>(
        { name: 'disable-service-account', account: 'a', now },
        { name: 'enable-service-account', account: 'a', now },
        create,
      ),
    );
    const revoke: AccountCommand = { name: 'revoke-key', account: 'a', key: 'k', now };
    fc.assert(
      fc.property(fc.array(command), (commands) => {
        const fresh = commands.filter((one) => one.name !== 'rotate-key' || one.key !== 'k');
        expect(after(create, key('k'), revoke, ...fresh).keys.get('k')).toMatchObject({ status: 'revoked' });
      }),
    );
  });
});
