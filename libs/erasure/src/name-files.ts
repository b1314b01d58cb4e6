import type { ErasedArtifact } from '@runledger/contracts';
import { Fault } from '@runledger/kernel';
import type { ErasedArtifacts, NamedFile } from '@runledger/postgres';

/**
 * All bytes that were ever stored under these paths, with the runs in which they are named: paths may name somebody, and go no further.
 * @throws Fault missing ERASURE_NO_ARTIFACT
 */
export async function nameFiles(
  files: Pick<ErasedArtifacts, 'digestsOf'>,
  workspace: string,
  named: readonly NamedFile[],
): Promise<ErasedArtifact[]> {
  if (named.length === 0) return [];
  const found = await files.digestsOf(workspace, named);
  const unknown = named.find(({ run, path }) => !found.some((file) => file.run === run && file.path === path));
  if (unknown !== undefined)
    throw new Fault('missing', 'ERASURE_NO_ARTIFACT', `run ${unknown.run} has no artifact ${unknown.path}`);
  const runs = new Map<string, Set<string>>();
  for (const { digest, run } of found) runs.set(digest, (runs.get(digest) ?? new Set()).add(run));
  return [...runs].map(([digest, of]) => ({ digest, runs: [...of].toSorted() }));
}
