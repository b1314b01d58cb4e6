import { NO_PROJECTS, type PermissionName, type ProjectSet, type Reach } from '@runledger/contracts';
import type { Credentials } from './credentials';
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
export type Principal = Reach &
  Identity &
  /** The one project that he is bound to by it; whoever reaches several is bound to none. */
  Readonly<{ project?: string | undefined }>;

/** Whether somebody has a permission in the whole of his workspace. */
export const mayDo = (who: Identity, permission: PermissionName): boolean =>
  admit(who.permissions, permission, 'workspace') !== undefined;

/** May do everything in a workspace. */
export const everything: Permissions = decide([{ role: 'admin', project: null, effect: 'allow' }]);

const onlyOne = (projects: ProjectSet): Readonly<{ project?: string | undefined }> =>
  'only' in projects && projects.only.length === 1 ? { project: projects.only[0] } : {};

/** Who asks, for one permission: his reach is what he may touch by it. Undefined: nothing. */
export function principalFor(who: Identity, permission: PermissionName, level: Level): Principal | undefined {
  const projects = admit(who.permissions, permission, level);
  return projects && { ...who, projects, ...onlyOne(projects) };
}

/** Who asks, on a route that is open to whoever is known: he reaches nothing by it. */
export const knownAs = (who: Identity): Principal => ({ ...who, projects: NO_PROJECTS });

/** Answers who sent a request. Two implementations: API keys and sessions, and everybody (access control off). */
export interface Authenticator {
  /**
   * Every reason to refuse credentials looks the same from outside.
   * @throws Fault unauthenticated ACCESS_BAD_CREDENTIALS, forbidden ACCESS_NO_ORIGIN, unavailable ACCESS_KEYS_AWAY
   */
  authenticate(credentials: Credentials): Promise<Identity>;
}
