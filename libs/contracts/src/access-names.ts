import { z } from 'zod';
import { entityId } from './names';

/** What a route asks for. In a project, or in the whole workspace, where the route says so. */
export const PERMISSIONS = [
  'runs:read',
  'artifacts:read',
  'events:write',
  'artifacts:write',
  'commands:write',
  'models:promote',
  'projects:write',
  'webhooks:read',
  'webhooks:write',
  'access:read',
  'access:write',
  /** Of the operators: what concerns the service and all that it holds. As a scope of a key, it leaves it everything. */
  'admin',
] as const;
export type PermissionName = (typeof PERMISSIONS)[number];
export const isPermission = (text: string): text is PermissionName => PERMISSIONS.some((known) => known === text);

export const ROLES = ['viewer', 'editor', 'maintainer', 'auditor', 'admin'] as const;
export type Role = (typeof ROLES)[number];
export const isRole = (text: string): text is Role => ROLES.some((known) => known === text);

/** Who can hold a role. People and groups are named by what their authenticator calls them: a surrogate, never an e-mail. */
export const GRANTEES = ['account', 'person', 'group'] as const;
export type GranteeKind = (typeof GRANTEES)[number];
export const grantee = z.strictObject({ kind: z.enum(GRANTEES), id: entityId });
export type Grantee = z.output<typeof grantee>;

/** Where somebody is signed in: a person in a browser or at a terminal, or a job that an issuer vouches for. */
export const SESSION_KINDS = ['browser', 'terminal', 'workload'] as const;
export type SessionKind = (typeof SESSION_KINDS)[number];

/** A deny takes away what the role would give, whatever else is granted. */
export const EFFECTS = ['allow', 'deny'] as const;
export type Effect = (typeof EFFECTS)[number];
