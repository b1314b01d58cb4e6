import { isPermission, isRole } from '@runledger/contracts';
import { type Grants, OPERATOR_ACCOUNT } from '@runledger/domain';
import { type AccessState, grantsOf } from './access-state';
import { decide, type Grant } from './decide';
import type { Identity } from './principal';

/** A key that somebody may use at this moment, or until `expiresAt`. */
export type LiveKey = Readonly<{ id: string; hash: string; expiresAt: number | undefined; identity: Identity }>;

/** A key as custody holds it. */
export type KeyRecord = Readonly<{
  id: string;
  account: string;
  actor: string;
  scopes: readonly string[];
  /** ms since 1970. */
  expiresAt: number | undefined;
}>;

const OPERATORS: readonly Grant[] = [{ role: 'admin', project: null, effect: 'allow' }];

/** A role that this release does not know gives nothing; denied, it takes everything. */
const understood = (grants: Grants): Grant[] =>
  grants.flatMap(({ role, project, effect }): Grant[] => {
    if (isRole(role)) return [{ role, project, effect }];
    return effect === 'deny' ? [{ role: 'admin', project, effect }] : [];
  });

const earliest = (one: number | undefined, other: string | null): number | undefined => {
  if (other === null) return one;
  return Math.min(one ?? Number.POSITIVE_INFINITY, Date.parse(other));
};

/** Whether the journal lets the key in: it knows it, has not revoked it, and its account is enabled. */
const isLive = (access: AccessState, { account, id }: KeyRecord): boolean => {
  const owner = access.accounts.get(account);
  const status = owner?.keys.get(id)?.status;
  if (account === OPERATOR_ACCOUNT) return status !== 'revoked';
  return owner?.status === 'enabled' && status === 'active';
};

/**
 * Whom a key lets in as; null: nobody. A key of an account counts from when the journal has it. The operator's count from when
 * they are in custody: the first of all is made before there is anybody to record it.
 */
export function liveKeyOf(workspace: string, hash: string, key: KeyRecord, access: AccessState): LiveKey | null {
  if (!isLive(access, key)) return null;
  const { id, account, actor } = key;
  const recorded = access.accounts.get(account)?.keys.get(id);
  const { scopes, projects, expiresAt } = recorded ?? { scopes: key.scopes, projects: null, expiresAt: null };
  const isOperators = account === OPERATOR_ACCOUNT;
  const grants = isOperators ? OPERATORS : understood(grantsOf(access, { kind: 'account', id: account }));
  const permissions = decide(grants, { scopes: scopes.filter(isPermission), projects });
  return { id, hash, expiresAt: earliest(key.expiresAt, expiresAt), identity: { workspace, actor, permissions } };
}
