import type { ACCOUNT_DECISIONS, ChangeOf } from '@runledger/contracts';

export type AccountChange = ChangeOf<typeof ACCOUNT_DECISIONS>;

export type AccountKey = Readonly<{
  label: string;
  scopes: readonly string[];
  /** Null: all that the account reaches. */
  projects: readonly string[] | null;
  /** RFC 3339; null: never. */
  expiresAt: string | null;
  replaces: string | null;
  status: 'active' | 'revoked';
}>;
export type ServiceAccount = Readonly<{
  status: 'unseen' | 'enabled' | 'disabled';
  name: string;
  description: string;
  keys: ReadonlyMap<string, AccountKey>;
}>;
export const unseenAccount: ServiceAccount = { status: 'unseen', name: '', description: '', keys: new Map() };

function keysAfter(keys: ServiceAccount['keys'], event: Extract<AccountChange, { data: { key: string } }>) {
  if (event.type === 'key.created') {
    const { key, label, scopes, projects = null, expiresAt = null, replaces = null } = event.data;
    return new Map(keys).set(key, { label, scopes, projects, expiresAt, replaces, status: 'active' });
  }
  const { key } = event.data;
  const before = keys.get(key);
  if (before === undefined) return keys;
  const change = event.type === 'key.revoked' ? { status: 'revoked' as const } : { expiresAt: event.data.expiresAt };
  return new Map(keys).set(key, { ...before, ...change });
}

/** Total: what was decided is never decided again. */
export function evolveAccount(account: ServiceAccount, event: AccountChange): ServiceAccount {
  switch (event.type) {
    case 'service-account.created': {
      const { name, description } = event.data;
      return { ...account, status: 'enabled', name, description };
    }
    case 'service-account.disabled':
      return { ...account, status: 'disabled' };
    case 'service-account.enabled':
      return { ...account, status: 'enabled' };
    case 'key.created':
    case 'key.retired':
    case 'key.revoked':
      return { ...account, keys: keysAfter(account.keys, event) };
    default:
      return event satisfies never;
  }
}
