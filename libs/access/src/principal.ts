/** What a principal may do. 'admin' contains all others. */
export const PERMISSIONS = [
  'events:write',
  'commands:write',
  'runs:read',
  'artifacts:write',
  'artifacts:read',
  'webhooks:write',
  'admin',
] as const;
export type PermissionName = (typeof PERMISSIONS)[number];

/** Who is asking. The workspace comes from here and from nowhere else in a request. */
export type Principal = Readonly<{
  workspace: string;
  /** Surrogate id, never an e-mail address. */
  actor: string;
  permissions: ReadonlySet<PermissionName>;
}>;

export const isPermission = (text: string): text is PermissionName => PERMISSIONS.some((known) => known === text);

export const mayDo = (who: Principal, permission: PermissionName): boolean =>
  who.permissions.has('admin') || who.permissions.has(permission);

/** Answers who sent a request. Two implementations: API keys, and everybody (access control off). */
export interface Authenticator {
  /**
   * `authorization` is the header of that name. Every reason to refuse it looks the same from outside.
   * @throws Fault unauthenticated ACCESS_BAD_CREDENTIALS, unavailable ACCESS_KEYS_AWAY
   */
  authenticate(authorization: string | undefined): Promise<Principal>;
}
