export { AccessGuard } from './access-guard';
export {
  type Authenticator,
  isPermission,
  mayDo,
  PERMISSIONS,
  type PermissionName,
  type Principal,
} from './principal';
export { accessOf, Caller, Permission, Public, type RouteAccess } from './route-access';
