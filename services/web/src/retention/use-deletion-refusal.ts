import { useQueries, useQuery } from '@tanstack/react-query';
import { meRead } from '../api/me';
import { deletionRefusal } from './deletion-refusal';
import { deletersRead } from './retention-reads';

/** Why whoever is signed in may not delete what lies in these projects, as far as that is known. */
export function useDeletionRefusal(projects: readonly string[]): string | null {
  const { data: me } = useQuery(meRead());
  const reads = useQueries({ queries: projects.map((project) => deletersRead(project)) });
  return deletionRefusal(
    me,
    projects.map((project, i) => ({ project, answer: reads[i]?.data })),
  );
}
