export { AccessGuard } from './access-guard';
export { createKeyAuthenticator } from './key-authenticator';
export { createKeyStore, type KeyDraft, type KeyRow, type KeyStore } from './key-store';
export { createKeyTable, type KeyTable } from './key-table';
export { isLoopback, openToAll } from './open-access';
export {
  type Authenticator,
  isPermission,
  mayDo,
  PERMISSIONS,
  type PermissionName,
  type Principal,
} from './principal';
export { accessOf, Caller, callerOf, Permission, Public, type RouteAccess } from './route-access';
