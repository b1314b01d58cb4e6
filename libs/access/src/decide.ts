import {
  ALL_PROJECTS,
  commonProjects,
  type Effect,
  isEveryProject,
  isNoProject,
  NO_PROJECTS,
  PERMISSIONS,
  type PermissionName,
  type ProjectSet,
  type Role,
} from '@runledger/contracts';
import { roleHas } from './roles';

/** A role in the whole workspace (`project` is null) or in one project; or its denial there. */
export type Grant = Readonly<{ role: Role; project: string | null; effect: Effect }>;

/** To less than the owner may do; null: not narrowed. */
export type Narrowing = Readonly<{ scopes: readonly PermissionName[]; projects: readonly string[] | null }>;

/** In which projects each permission is held. One that is missing is held nowhere. */
export type Permissions = ReadonlyMap<PermissionName, ProjectSet>;

/** Where a route acts: within its caller's projects, or on what tells of all projects of the workspace. */
export type Level = 'project' | 'workspace';

const projectsOf = (grants: readonly Grant[]): string[] => [
  ...new Set(grants.flatMap(({ project }) => (project === null ? [] : [project]))),
];

/**
 * The projects in which grants give a permission. A denial of a role takes away all that the role contains, in its project or
 * everywhere, and no grant gives it back.
 */
function reachOf(grants: readonly Grant[], permission: PermissionName): ProjectSet {
  const about = grants.filter(({ role }) => roleHas(role, permission));
  const [allowed, denied] = [about.filter((g) => g.effect === 'allow'), about.filter((g) => g.effect === 'deny')];
  if (denied.some(({ project }) => project === null)) return NO_PROJECTS;
  const except = projectsOf(denied);
  if (allowed.some(({ project }) => project === null)) return { except };
  return { only: projectsOf(allowed).filter((project) => !except.includes(project)) };
}

/**
 * The one decision about who may do what. Pure: what grants give, less what is denied, less what a key is narrowed by.
 * A permission that is held nowhere is not in the answer.
 */
export function decide(grants: readonly Grant[], narrowing: Narrowing | null = null): Permissions {
  const held = new Map<PermissionName, ProjectSet>();
  const scopes: readonly PermissionName[] = narrowing?.scopes ?? ['admin'];
  const within = narrowing?.projects ? { only: narrowing.projects } : ALL_PROJECTS;
  for (const permission of PERMISSIONS) {
    if (!scopes.includes('admin') && !scopes.includes(permission)) continue;
    const projects = commonProjects(reachOf(grants, permission), within);
    if (!isNoProject(projects)) held.set(permission, projects);
  }
  return held;
}

/**
 * The projects that a route of this permission may touch; undefined: none, the caller is refused. What belongs to a workspace as a whole
 * tells of all its projects, so that whoever lacks one of them has no part in it.
 */
export function admit(held: Permissions, permission: PermissionName, level: Level): ProjectSet | undefined {
  const projects = held.get(permission);
  if (projects === undefined || (level === 'workspace' && !isEveryProject(projects))) return undefined;
  return projects;
}
