import {
  DELETERS,
  type DecisionType,
  type Deleters,
  type FactType,
  holdsProject,
  NO_PROJECTS,
  type PermissionName,
  type Rights,
} from '@runledger/contracts';

/** What says that something that a project has recorded goes out of sight. Words, rules and access have rules of their own. */
const DELETIONS: ReadonlySet<string> = new Set([
  'artifacts.deleted',
  'experiment.deleted',
  'logged-model.deleted',
  'logged-model.cleared',
  'model.deleted',
  'version.deleted',
  'alias.removed',
] satisfies Array<FactType | DecisionType>);

/** Whether an event deletes, so that it is for those whom the policy of the project names. */
export const isDeletion = ({ type, data }: Readonly<{ type: string; data: unknown }>): boolean =>
  type === 'run.updated' ? (data as { lifecycle?: unknown }).lifecycle === 'deleted' : DELETIONS.has(type);

/** Which permission somebody must have in the project besides that of the door; null: no other. Nobody has what nobody may. */
const NEEDED: Readonly<Record<Exclude<Deleters, 'nobody'>, PermissionName | null>> = {
  editors: null,
  maintainers: 'projects:write',
  admins: 'admin',
};

const holds = (rights: Rights, permission: PermissionName, project: string): boolean =>
  holdsProject(rights.get(permission) ?? NO_PROJECTS, project);

/** Pure: whether somebody whom a door lets in may delete in a project where these may. */
export function mayDelete(deleters: Deleters, rights: Rights, project: string): boolean {
  if (deleters === 'nobody') return false;
  const needed = NEEDED[deleters];
  return needed === null || holds(rights, needed, project);
}

/** Whether these are more than those. */
export const isLooser = (deleters: Deleters, than: Deleters): boolean =>
  DELETERS.indexOf(deleters) < DELETERS.indexOf(than);

/** Whoever lets more delete than before must be one who may: what nobody may is let go by admins. */
export const mayLoosen = (from: Deleters, rights: Rights, project: string): boolean =>
  mayDelete(from === 'nobody' ? 'admins' : from, rights, project);

const SAID: Readonly<Record<Deleters, string>> = {
  editors: 'whoever may write in it deletes',
  maintainers: 'its maintainers and admins alone delete',
  admins: 'its admins alone delete',
  nobody: 'nobody deletes',
};
/** Why somebody may not. */
export const deletionRefused = (deleters: Deleters, project: string): string =>
  `by the policy of the project ${project}, ${SAID[deleters]}`;
