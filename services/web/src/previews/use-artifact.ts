import { useQuery } from '@tanstack/react-query';
import type { Chosen } from './artifact-bytes';

/** What `make` makes of a file's bytes. It is made again when the file is another, and kept only while it is shown. */
export const useArtifact = <T>(chosen: Chosen, kind: string, make: (signal: AbortSignal) => Promise<T>) =>
  useQuery({
    queryKey: ['artifact', chosen.run, chosen.artifact.path, chosen.artifact.digest, kind],
    queryFn: ({ signal }) => make(signal),
    gcTime: 0,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
