import type { Deletions, Principal } from '@runledger/access';
import { isDeletion } from '@runledger/domain';
import { type AboutRun, noRun } from './keep-to-reach';

/** Where runs lie, once everything that was acknowledged before is known; a run that nobody announced is left out. */
export type SettledRuns = Readonly<{
  projectsOf(workspace: string, runs: readonly string[]): Promise<ReadonlyMap<string, string>>;
}>;

/**
 * What deletes is taken from those whom the policy of the project names. Where no policy of the workspace is in the way of whoever asks,
 * no database is read for him; else a run that nobody has announced is missing, since it could be announced anywhere later.
 * @throws Fault forbidden DELETION_NOT_ALLOWED, missing INGEST_NO_RUN
 */
export async function keepFromDeleting(
  { deletions, settled }: Readonly<{ deletions: Deletions; settled: SettledRuns }>,
  who: Principal,
  about: readonly AboutRun[],
): Promise<void> {
  const runs = about.flatMap(({ run, events }) => (events.some(isDeletion) ? [run] : []));
  if (runs.length === 0 || deletions.isFree(who)) return;
  const projects = await settled.projectsOf(who.workspace, runs);
  for (const run of runs) {
    const project = projects.get(run);
    if (project === undefined) throw noRun();
    deletions.check(who, project);
  }
}
