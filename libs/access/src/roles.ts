import { PERMISSIONS, type PermissionName, type Role } from '@runledger/contracts';

const VIEWER = ['runs:read', 'artifacts:read'] as const;
const EDITOR = [...VIEWER, 'events:write', 'artifacts:write', 'commands:write'] as const;
const MAINTAINER = [...EDITOR, 'models:promote', 'projects:write', 'webhooks:read', 'webhooks:write'] as const;

/** What a role contains. An auditor reads everything, who has access included, and changes nothing. */
const CONTAINS: Readonly<Record<Role, ReadonlySet<PermissionName>>> = {
  viewer: new Set(VIEWER),
  editor: new Set(EDITOR),
  maintainer: new Set(MAINTAINER),
  auditor: new Set([...VIEWER, 'webhooks:read', 'access:read']),
  admin: new Set(PERMISSIONS),
};

export const roleHas = (role: Role, permission: PermissionName): boolean => CONTAINS[role].has(permission);
