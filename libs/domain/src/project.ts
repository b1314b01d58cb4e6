import type { ChangeOf, PROJECT_DECISIONS } from '@runledger/contracts';

export type ProjectChange = ChangeOf<typeof PROJECT_DECISIONS>;

export type Project = Readonly<{ status: 'unseen' | 'active'; name: string; description: string }>;
export const unseenProject: Project = { status: 'unseen', name: '', description: '' };

/** Total: what was decided is never decided again. */
export function evolveProject(project: Project, event: ProjectChange): Project {
  switch (event.type) {
    case 'project.created':
      return { status: 'active', name: event.data.name, description: event.data.description };
    case 'project.renamed':
      return { ...project, name: event.data.to };
    case 'project.described':
      return { ...project, description: event.data.description };
    default:
      return event satisfies never;
  }
}
