import type { PermissionName } from './access-names';

/** Some projects of a workspace: those that are named, or all but those that are named, also ones that come later. */
export type ProjectSet = Readonly<{ only: readonly string[] }> | Readonly<{ except: readonly string[] }>;

/** What somebody may touch: the first argument of every read. A `Principal` is one, for the permission of its route. */
export type Reach = Readonly<{ workspace: string; projects: ProjectSet }>;

/** What somebody may do, and in which projects; what is missing he may do nowhere. */
export type Rights = ReadonlyMap<PermissionName, ProjectSet>;

export const ALL_PROJECTS: ProjectSet = { except: [] };
export const NO_PROJECTS: ProjectSet = { only: [] };

/** Of programs of this house, which answer to nobody: everything in a workspace. */
export const wholeWorkspace = (workspace: string): Reach => ({ workspace, projects: ALL_PROJECTS });

export const isEveryProject = (set: ProjectSet): boolean => 'except' in set && set.except.length === 0;
export const isNoProject = (set: ProjectSet): boolean => 'only' in set && set.only.length === 0;

export const holdsProject = (set: ProjectSet, project: string): boolean =>
  'only' in set ? set.only.includes(project) : !set.except.includes(project);

/** What is in both. */
export function commonProjects(one: ProjectSet, other: ProjectSet): ProjectSet {
  if ('only' in one) return { only: one.only.filter((project) => holdsProject(other, project)) };
  if ('only' in other) return commonProjects(other, one);
  return { except: [...new Set([...one.except, ...other.except])] };
}

const PLACED = ['project', 'experiment', 'run', 'view', 'logged-model', 'objective', 'comment', 'webhook'] as const;

/** Something that a command is about, by which the project can be told in which it lies. */
export type PlacedThing = Readonly<
  | { kind: (typeof PLACED)[number]; id: string }
  /** Of the workspace as a whole. */
  | { kind: 'workspace' }
>;

/** What a stream is about, by its subject; one that lies in no project is the workspace's. */
export function placedThingOf(subject: string): PlacedThing {
  const [, named = '', id = ''] = /^([a-z-]+)\/([^/]+)$/.exec(subject) ?? [];
  const kind = named === 'note' ? 'run' : PLACED.find((one) => one === named);
  return kind === undefined ? { kind: 'workspace' } : { kind, id };
}
