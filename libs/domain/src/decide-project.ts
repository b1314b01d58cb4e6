import { type Outcome, refuse } from '@runledger/kernel';
import { type Claim, type Decision, decided, nothingToDo } from './decision';
import type { Project, ProjectChange } from './project';

export type ProjectCommand =
  | Readonly<{ name: 'create-project'; project: string; as: string; description: string }>
  | Readonly<{ name: 'rename-project'; project: string; to: string }>
  | Readonly<{ name: 'describe-project'; project: string; description: string }>;

/** The journal refuses a name that is taken. */
export type ProjectRefusal = 'PROJECT_UNKNOWN' | 'PROJECT_EXISTS' | 'PROJECT_NAME_TAKEN';

/** The project of whatever names none; every workspace has it. */
export const DEFAULT_PROJECT = 'default';

export const projectSubject = (project: string): string => `project/${project}`;
const projectNameClaim = (name: string): Claim => ({ kind: 'project-name', name });
/** Held by every project for its id, so that other streams can need it. */
export const projectClaim = (project: string): Claim => ({ kind: 'project', name: project });

type Decided = Outcome<Decision<ProjectChange>, ProjectRefusal>;

function create({ project: id, as, description }: Extract<ProjectCommand, { as: string }>, project: Project): Decided {
  if (project.status === 'active')
    return project.name === as && project.description === description
      ? nothingToDo()
      : refuse('PROJECT_EXISTS', 'there is another project with this id');
  return decided([{ type: 'project.created', data: { project: id, name: as, description } }], {
    take: [projectClaim(id), projectNameClaim(as)],
  });
}

/** Pure, as decideExperiment is. Projects are never deleted: experiments, and runs for ever, lie in them. */
export function decideProject(command: ProjectCommand, project: Project): Decided {
  if (command.name === 'create-project') return create(command, project);
  if (project.status === 'unseen') return refuse('PROJECT_UNKNOWN', 'there is no such project');
  const { project: id } = command;
  switch (command.name) {
    case 'rename-project':
      if (project.name === command.to) return nothingToDo();
      return decided([{ type: 'project.renamed', data: { project: id, from: project.name, to: command.to } }], {
        take: [projectNameClaim(command.to)],
        release: [projectNameClaim(project.name)],
      });
    case 'describe-project':
      if (project.description === command.description) return nothingToDo();
      return decided([{ type: 'project.described', data: { project: id, description: command.description } }]);
    default:
      return command satisfies never;
  }
}
