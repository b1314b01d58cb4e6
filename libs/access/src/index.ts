export { PERMISSIONS, type PermissionName } from '@runledger/contracts';
export { AccessGuard } from './access-guard';
export {
  type AccessEventRow,
  type AccessReads,
  type AccountRow,
  createAccessReads,
  type GrantRow,
  type KeyRow,
} from './access-reads';
export { createAuthenticator } from './authenticator';
export { cookieOf, SESSION_COOKIE } from './credentials';
export { admit, decide, type Grant, type Level, type Narrowing, type Permissions } from './decide';
export { createDeletions, type DeletersNow, type Deletions } from './deletions';
export { createKeyAuthenticator } from './key-authenticator';
export { createKeyStore, type KeyDraft, type KeyStore, type OperatorKey } from './key-store';
export { createKeyTable, type KeyTable } from './key-table';
export { isLoopback, openToAll } from './open-access';
export { FIRST_WORKSPACE, isOperator } from './operator';
export { type Authenticator, everything, type Identity, mayDo, type Principal, principalFor } from './principal';
export { createRefusalCounts, type NoteRefusal, type RefusalCounts } from './refusal-counts';
export { roleHas } from './roles';
export { accessOf, Caller, callerOf, Known, Permission, Public, type RouteAccess, stillAdmitted } from './route-access';
export { createSessionStore, type SessionDraft, type SessionRow, type SessionStore } from './session-store';
