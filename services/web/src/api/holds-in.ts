import type { Me } from '@runledger/contracts/http';

export type Name = Me['permissions'][number]['permission'];

/** Whether a permission is held in a project. */
export function holdsIn({ permissions }: Me, name: Name, project: string): boolean {
  const projects = permissions.find(({ permission }) => permission === name)?.projects;
  if (projects === undefined) return false;
  return 'only' in projects ? projects.only.includes(project) : !projects.except.includes(project);
}
