import type { Principal } from '@runledger/access';
import { holdsProject, isEveryProject, type StoredEvent } from '@runledger/contracts';
import { Fault } from '@runledger/kernel';

/** Where runs and experiments lie (libs/postgres). */
export type RunPlaces = Readonly<{
  projectsOf(workspace: string, runs: readonly string[]): Promise<ReadonlyMap<string, string>>;
  projectsOfExperiments(workspace: string, experiments: readonly string[]): Promise<ReadonlyMap<string, string>>;
  claim(workspace: string, claims: ReadonlyArray<Readonly<{ run: string; project: string }>>): Promise<void>;
}>;

/** What one request writes about one run. */
export type AboutRun = Readonly<{ run: string; events: ReadonlyArray<Pick<StoredEvent, 'type' | 'data'>> }>;
type Announced = Readonly<{ run: string; project: string; experiment: string; fork: string | undefined }>;

type Started = Readonly<{ project?: string; experiment: string; fork?: Readonly<{ run: string }> }>;

export const noRun = () => new Fault('missing', 'INGEST_NO_RUN', 'there is no such run');

function announcedIn({ run, events }: AboutRun): Announced[] {
  return events.flatMap(({ type, data }) => {
    if (type !== 'run.started') return [];
    const { project = 'default', experiment, fork } = data as Started;
    return [{ run, project, experiment, fork: fork?.run }];
  });
}

/**
 * Callers who are kept to projects write about runs in these, and announce new ones in them: what is elsewhere, or nobody announced, is
 * missing. Everybody else is asked nothing, and no database is read for him.
 * @throws Fault missing INGEST_NO_RUN
 */
export async function keepToReach(places: RunPlaces, who: Principal, about: readonly AboutRun[]): Promise<void> {
  if (isEveryProject(who.projects)) return;
  const { workspace, projects } = who;
  const announced = about.flatMap(announcedIn);
  const experiments = [...new Set(announced.map(({ experiment }) => experiment))];
  const [known, created] = await Promise.all([
    places.projectsOf(workspace, [...about.map(({ run }) => run), ...announced.flatMap(({ fork }) => fork ?? [])]),
    places.projectsOfExperiments(workspace, experiments),
  ]);
  for (const { project, experiment } of announced)
    if (!holdsProject(projects, project) || created.get(experiment) !== project) throw noRun();
  const fresh = announced.filter(({ run }) => !known.has(run));
  const claimed = new Set(fresh.map(({ run }) => run));
  // A fork shows what the run logged that it comes from.
  for (const run of [...about.map((one) => one.run), ...announced.flatMap(({ fork }) => fork ?? [])]) {
    const project = known.get(run);
    if (project === undefined ? !claimed.has(run) : !holdsProject(projects, project)) throw noRun();
  }
  if (fresh.length === 0) return;
  await places.claim(workspace, fresh);
  // Somebody may have claimed it at the same time; then the first one counts, and who was second has no part in it.
  const now = await places.projectsOf(workspace, [...claimed]);
  for (const { run, project } of fresh) if (now.get(run) !== project) throw noRun();
}
