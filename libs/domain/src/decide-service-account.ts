import { type Outcome, refuse } from '@runledger/kernel';
import { type Claim, type Decision, decided, nothingToDo } from './decision';
import type { AccountChange, AccountKey, ServiceAccount } from './service-account';

type KeyDraft = Readonly<{
  key: string;
  label: string;
  scopes: readonly string[];
  projects: readonly string[] | null;
  /** RFC 3339; null: never. */
  expiresAt: string | null;
}>;

/** `now` is the time of the command, RFC 3339 in UTC. */
export type AccountCommand = Readonly<{ account: string; now: string }> &
  (
    | Readonly<{ name: 'create-service-account'; as: string; description: string }>
    | Readonly<{ name: 'disable-service-account' }>
    | Readonly<{ name: 'enable-service-account' }>
    | (Readonly<{ name: 'create-key' }> & KeyDraft)
    /** `key` takes the place of `old`, which ends at `oldExpiresAt` at the latest; null: `key` expires when `old` would have. */
    | Readonly<{ name: 'rotate-key'; key: string; old: string; oldExpiresAt: string; expiresAt: string | null }>
    | Readonly<{ name: 'revoke-key'; key: string }>
  );

/** The journal refuses a name that is taken. */
export type AccountRefusal =
  | 'ACCOUNT_UNKNOWN'
  | 'ACCOUNT_EXISTS'
  | 'ACCOUNT_NAME_TAKEN'
  | 'ACCOUNT_DISABLED'
  | 'ACCOUNT_KEYS_FULL'
  | 'ACCOUNT_OPERATOR'
  | 'KEY_UNKNOWN'
  | 'KEY_EXPIRED'
  | 'KEY_REVOKED'
  | 'KEY_EXPIRES_BEFORE';

/**
 * Owns the keys that the operator of a server made at its start. It is there from the beginning, is admin of its workspace, and is no
 * account that commands could disable: somebody must always be able to grant.
 */
export const OPERATOR_ACCOUNT = 'operator';
/** Keys of one account that are live at a time. */
export const MOST_LIVE_KEYS = 100;

export const accountSubject = (account: string): string => `service-account/${account}`;
const accountNameClaim = (name: string): Claim => ({ kind: 'service-account-name', name });
/** Held by every service account for its id, so that grants can need it. */
export const accountClaim = (account: string): Claim => ({ kind: 'service-account', name: account });

type Decided = Outcome<Decision<AccountChange>, AccountRefusal>;
type Of<Name extends AccountCommand['name']> = Extract<AccountCommand, { name: Name }>;

const isOver = ({ expiresAt }: Pick<AccountKey, 'expiresAt'>, now: string): boolean =>
  expiresAt !== null && Date.parse(expiresAt) <= Date.parse(now);
const earlier = (one: string | null, other: string): string =>
  one !== null && Date.parse(one) < Date.parse(other) ? one : other;

function create({ account: id, as, description }: Of<'create-service-account'>, account: ServiceAccount): Decided {
  if (id === OPERATOR_ACCOUNT) return refuse('ACCOUNT_OPERATOR', 'this is the account of the server itself');
  if (account.status !== 'unseen')
    return account.name === as && account.description === description
      ? nothingToDo()
      : refuse('ACCOUNT_EXISTS', 'there is another service account with this id');
  return decided([{ type: 'service-account.created', data: { account: id, name: as, description } }], {
    take: [accountClaim(id), accountNameClaim(as)],
  });
}

const created = (account: string, { key, label, scopes, projects, expiresAt }: KeyDraft, replaces?: string) =>
  ({
    type: 'key.created',
    data: {
      account,
      key,
      label,
      scopes: [...scopes],
      ...(projects === null ? {} : { projects: [...projects] }),
      ...(expiresAt === null ? {} : { expiresAt }),
      ...(replaces === undefined ? {} : { replaces }),
    },
  }) as const satisfies AccountChange;

/** Refuses an account that can have no more keys now. */
function full({ account: id, now }: AccountCommand, account: ServiceAccount): Outcome<never, AccountRefusal> | null {
  if (account.status === 'disabled')
    return refuse('ACCOUNT_DISABLED', 'this service account is disabled; enable it first');
  const live = [...account.keys.values()].filter((key) => key.status === 'active' && !isOver(key, now));
  if (id === OPERATOR_ACCOUNT || live.length < MOST_LIVE_KEYS) return null;
  return refuse('ACCOUNT_KEYS_FULL', `a service account has at most ${MOST_LIVE_KEYS} live keys; revoke one first`);
}

function createKey(command: Of<'create-key'>, account: ServiceAccount): Decided {
  if (isOver(command, command.now)) return refuse('KEY_EXPIRES_BEFORE', 'expiresAt must be later than now');
  return full(command, account) ?? decided([created(command.account, command)]);
}

function rotate(command: Of<'rotate-key'>, account: ServiceAccount): Decided {
  const { account: id, key, old, oldExpiresAt, now } = command;
  const before = account.keys.get(old);
  if (before === undefined) return refuse('KEY_UNKNOWN', 'there is no such key');
  if (before.status === 'revoked') return refuse('KEY_REVOKED', 'this key was revoked; make another');
  if (isOver(before, now)) return refuse('KEY_EXPIRED', 'this key has expired; make another');
  const expiresAt = command.expiresAt ?? before.expiresAt;
  if (isOver({ expiresAt }, now)) return refuse('KEY_EXPIRES_BEFORE', 'expiresAt must be later than now');
  const next = created(id, { ...before, key, expiresAt }, old);
  const retired = { account: id, key: old, expiresAt: earlier(before.expiresAt, oldExpiresAt) };
  return full(command, account) ?? decided([next, { type: 'key.retired', data: retired }]);
}

function revoke({ account: id, key }: Of<'revoke-key'>, account: ServiceAccount): Decided {
  const before = account.keys.get(key);
  if (before === undefined) return refuse('KEY_UNKNOWN', 'there is no such key');
  if (before.status === 'revoked') return nothingToDo();
  return decided([{ type: 'key.revoked', data: { account: id, key } }]);
}

function turn({ account: id }: AccountCommand, account: ServiceAccount, to: 'enabled' | 'disabled'): Decided {
  if (id === OPERATOR_ACCOUNT) return refuse('ACCOUNT_OPERATOR', 'the account of the server itself stays as it is');
  return account.status === to ? nothingToDo() : decided([{ type: `service-account.${to}`, data: { account: id } }]);
}

/** Pure, as decideExperiment is. The keys themselves are nobody's business here. */
export function decideAccount(command: AccountCommand, account: ServiceAccount): Decided {
  if (command.name === 'create-service-account') return create(command, account);
  if (account.status === 'unseen' && command.account !== OPERATOR_ACCOUNT)
    return refuse('ACCOUNT_UNKNOWN', 'there is no such service account');
  switch (command.name) {
    case 'disable-service-account':
      return turn(command, account, 'disabled');
    case 'enable-service-account':
      return turn(command, account, 'enabled');
    case 'create-key':
      return createKey(command, account);
    case 'rotate-key':
      return rotate(command, account);
    case 'revoke-key':
      return revoke(command, account);
    default:
      return command satisfies never;
  }
}
