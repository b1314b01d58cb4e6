import {
  decideProject,
  evolveProject,
  type Project,
  type ProjectChange,
  type ProjectCommand,
  type ProjectRefusal,
  projectSubject,
  unseenProject,
} from '@runledger/domain';
import { nameTaken, needsNothing, type RefusalKinds, refusing } from './refusals';
import type { Rules } from './rules';

const KINDS: RefusalKinds<ProjectRefusal> = {
  PROJECT_UNKNOWN: 'missing',
  PROJECT_EXISTS: 'conflict',
  PROJECT_NAME_TAKEN: 'conflict',
};

export type ProjectResult = Readonly<{ project: string; name: string; description: string }>;

/** How commands about projects are answered; what becomes of them is the domain's. */
export const projectRules: Rules<ProjectCommand, Project, ProjectChange, ProjectResult> = {
  subject: ({ project }) => projectSubject(project),
  initial: unseenProject,
  evolve: evolveProject,
  decide: decideProject,
  result: ({ project }, { name, description }) => ({ project, name, description }),
  taken: ({ name }, by) => nameTaken('PROJECT_NAME_TAKEN', name, { project: by.slice(projectSubject('').length) }),
  absent: needsNothing,
  refused: refusing(KINDS),
};
