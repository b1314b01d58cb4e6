import { isPermission, isRole, type SessionKind } from '@runledger/contracts';
import { type Grants, OPERATOR_ACCOUNT } from '@runledger/domain';
import { type AccessState, grantsOf } from './access-state';
import { decide, type Grant } from './decide';
import type { Identity } from './principal';
import type { SessionRow } from './session-store';

/** A key or a session that somebody may use at this moment, or until `expiresAt`. */
export type LiveKey = Readonly<{
  id: string;
  /** What it is; a browser's session comes in a cookie, and all others in the header that keys come in. */
  of: 'key' | SessionKind;
  hash: string;
  expiresAt: number | undefined;
  identity: Identity;
}>;

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
  const identity = { workspace, actor, permissions };
  return { id, of: 'key', hash, expiresAt: earliest(key.expiresAt, expiresAt), identity };
}

/** What a session's holder is granted: a person has what her groups have too, a job what its account has. */
function grantsOfSession({ grantee_kind: kind, grantee_id: id, groups }: SessionRow, access: AccessState): Grants {
  const ofGroups = groups.flatMap((group) => grantsOf(access, { kind: 'group', id: group }));
  return [...grantsOf(access, { kind, id }), ...ofGroups];
}

/** Whom a session lets in as; null: nobody, since its account is disabled or the rule for jobs is withdrawn. */
export function liveSessionOf(row: SessionRow, access: AccessState): LiveKey | null {
  if (row.trust !== null && !access.trusts.has(row.trust)) return null;
  if (row.grantee_kind === 'account' && access.accounts.get(row.grantee_id)?.status !== 'enabled') return null;
  const { id, kind, workspace, actor, scopes, projects } = row;
  const permissions = decide(understood(grantsOfSession(row, access)), {
    scopes: scopes.filter(isPermission),
    projects,
  });
  const idleUntil = row.seen_at.getTime() + row.idle_seconds * 1_000;
  return {
    id,
    of: kind,
    hash: row.hash.toString('base64'),
    expiresAt: Math.min(idleUntil, row.expires_at.getTime()),
    identity: { workspace, actor, permissions },
  };
}
