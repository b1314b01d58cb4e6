import type { Me } from '@runledger/contracts/http';
import { queryOptions, useQuery } from '@tanstack/react-query';
import { call } from './api';
import { holdsIn, type Name } from './holds-in';

/** Who is signed in, and what he may do where. */
export const meRead = () =>
  queryOptions({ queryKey: ['me'], queryFn: ({ signal }) => call<Me>('me', { signal }), staleTime: 60_000 });

/** Whether a permission is held in the whole workspace. */
function holdsEverywhere({ permissions }: Me, name: Name): boolean {
  const projects = permissions.find(({ permission }) => permission === name)?.projects;
  return projects !== undefined && 'except' in projects && projects.except.length === 0;
}

/** Whether what tells of the whole workspace is for whoever is signed in. Until that is known, it is taken to be. */
export function useWhole(name: Name): boolean {
  const { data } = useQuery(meRead());
  return data === undefined || holdsEverywhere(data, name);
}

/** The projects that somebody reads who is kept to some: these, or all but these. Undefined where he is not, or that is not known. */
export function useKept(): Me['permissions'][number]['projects'] | undefined {
  const { data } = useQuery(meRead());
  if (data === undefined || holdsEverywhere(data, 'runs:read')) return undefined;
  return data.permissions.find(({ permission }) => permission === 'runs:read')?.projects;
}

/** Whether a permission is held in a project. Until that is known, it is taken not to be. */
export function useMay(name: Name, project: string): boolean {
  const { data } = useQuery(meRead());
  return data !== undefined && holdsIn(data, name, project);
}
