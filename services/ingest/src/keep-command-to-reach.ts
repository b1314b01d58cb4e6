import type { Principal } from '@runledger/access';
import { holdsProject, isEveryProject, type PlacedThing } from '@runledger/contracts';
import { Fault } from '@runledger/kernel';

/** Where things lie that commands are about (libs/postgres). */
export type CommandPlaces = Readonly<{
  projectOf(workspace: string, thing: PlacedThing): Promise<string | null>;
  isKnown(workspace: string, thing: Exclude<PlacedThing, { kind: 'workspace' }>): Promise<boolean>;
}>;

/** `new`: a command may make it; then it need not be there, and if it is, it must lie in reach. */
export type About = PlacedThing & Readonly<{ new?: boolean }>;

/**
 * Callers who are kept to projects command what lies in these: everything else is missing, whether it is there or not. Everybody else is asked
 * nothing.
 * @throws Fault missing INGEST_NOT_THERE
 */
export async function keepCommandToReach(
  places: CommandPlaces,
  { workspace, projects }: Principal,
  about: readonly About[],
): Promise<void> {
  if (isEveryProject(projects)) return;
  for (const { new: mayBeNew = false, ...thing } of about) {
    if (mayBeNew && thing.kind !== 'workspace' && !(await places.isKnown(workspace, thing))) continue;
    const project = await places.projectOf(workspace, thing);
    if (project === null || !holdsProject(projects, project))
      throw new Fault('missing', 'INGEST_NOT_THERE', `there is no such ${thing.kind}`);
  }
}
