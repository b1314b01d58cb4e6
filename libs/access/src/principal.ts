import type { PermissionName, Reach } from '@runledger/contracts';
import { admit, decide, type Level, type Permissions } from './decide';

/** Somebody who is known, and what he may do where. Made by an authenticator, of a key or of a person and his groups. */
export type Identity = Readonly<{
  workspace: string;
  /** Surrogate id, never an e-mail address. */
  actor: string;
  permissions: Permissions;
}>;

/**
 * Who is asking, as a route sees him: a `Reach` of the permission that the route declares. Workspace and projects come from here and from
 * nowhere else in a request.
 */
export type Principal = Reach & Identity;

/** Whether somebody has a permission in the whole of his workspace. */
export const mayDo = (who: Identity, permission: PermissionName): boolean =>
  admit(who.permissions, permission, 'workspace') !== undefined;

/** May do everything in a workspace. */
export const everything: Permissions = decide([{ role: 'admin', project: null, effect: 'allow' }]);

/** Who asks, for one permission: his reach is what he may touch by it. Undefined: nothing. */
export function principalFor(who: Identity, permission: PermissionName, level: Level): Principal | undefined {
  const projects = admit(who.permissions, permission, level);
  return projects && { ...who, projects };
}

/** Answers who sent a request. Two implementations: API keys, and everybody (access control off). */
export interface Authenticator {
  /**
   * `authorization` is the header of that name. Every reason to refuse it looks the same from outside.
   * @throws Fault unauthenticated ACCESS_BAD_CREDENTIALS, unavailable ACCESS_KEYS_AWAY
   */
  authenticate(authorization: string | undefined): Promise<Identity>;
}
