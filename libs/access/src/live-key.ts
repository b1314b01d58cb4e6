import { isPermission, isRole } from '@runledger/contracts';
import { type AccountKey, type Grants, OPERATOR_ACCOUNT } from '@runledger/domain';
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

const earliest = (one: number | undefined, other: string | null | undefined): number | undefined => {
  const times = [one, other == null ? undefined : Date.parse(other)].filter((time) => time !== undefined);
  return times.length === 0 ? undefined : Math.min(...times);
};

/**
 * Whom a key lets in as; null: nobody. A key of an account counts from when the journal has it. The operator's count from when
 * they are in custody: the first of all is made before there is anybody to record it.
 */
export function liveKeyOf(workspace: string, hash: string, key: KeyRecord, access: AccessState): LiveKey | null {
  const { id, account: owner, actor } = key;
  const account = access.accounts.get(owner);
  const recorded: AccountKey | undefined = account?.keys.get(id);
  const isOperators = owner === OPERATOR_ACCOUNT;
  if (recorded?.status === 'revoked') return null;
  if (!isOperators && (account?.status !== 'enabled' || recorded === undefined)) return null;
  const grants = isOperators ? OPERATORS : understood(grantsOf(access, { kind: 'account', id: owner }));
  const scopes = (recorded?.scopes ?? key.scopes).filter(isPermission);
  const permissions = decide(grants, { scopes, projects: recorded?.projects ?? null });
  const expiresAt = earliest(key.expiresAt, recorded?.expiresAt);
  return { id, hash, expiresAt, identity: { workspace, actor, permissions } };
}
