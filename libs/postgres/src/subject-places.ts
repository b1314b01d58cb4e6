import { holdsProject, isEveryProject, type PlacedThing, type Reach } from '@runledger/contracts';
import type { DataSource } from 'typeorm';

type Told = Readonly<{
  project?: string;
  experiment?: string;
  scope?: Readonly<{ kind: 'project' | 'experiment'; id: string }> | null;
  about?: Readonly<{ kind: string; id: string }>;
}>;

const DECIDED: Readonly<Record<string, readonly string[]>> = {
  experiment: ['experiment.created'],
  view: ['view.saved'],
  'logged-model': ['logged-model.created'],
  objective: ['objective.defined'],
  comment: ['comment.written'],
  webhook: ['webhook.created', 'webhook.changed'],
};

/** What the thing belongs to, by the last decision that says so; null: nothing says so. */
function ownerOf({ project, experiment, scope, about }: Told): PlacedThing | null {
  if (project !== undefined) return { kind: 'project', id: project };
  if (experiment !== undefined) return { kind: 'experiment', id: experiment };
  if (scope !== undefined) return scope;
  if (about === undefined) return null;
  return about.kind === 'run' || about.kind === 'chart' ? { kind: 'run', id: about.id } : { kind: 'workspace' };
}

/** Where things lie, for callers who are kept to projects: asked before they command. Read from the journal, so that it is never behind. */
export function createSubjectPlaces(
  source: DataSource,
  projectsOfRuns: (workspace: string, runs: readonly string[]) => Promise<ReadonlyMap<string, string>>,
) {
  /** The project; null: there is no such thing, or it is the workspace's. */
  async function projectOf(workspace: string, thing: PlacedThing): Promise<string | null> {
    if (thing.kind === 'workspace') return null;
    const { kind, id } = thing;
    if (kind === 'project') return id;
    if (kind === 'run') return (await projectsOfRuns(workspace, [id])).get(id) ?? null;
    const rows: Array<{ data: Told }> = await source.query(
      `select data from custody.journal_event where workspace = $1 and subject = $2 and type = any($3::text[])
         and ($4 <> 'webhook' or data ? 'scope') order by version desc limit 1`,
      [workspace, `${kind}/${id}`, DECIDED[kind], kind],
    );
    const owner = rows[0] === undefined ? null : ownerOf(rows[0].data);
    return owner === null ? null : projectOf(workspace, owner);
  }

  return {
    projectOf,
    /** Whether it lies in somebody's reach. Who reaches every project is asked nothing. */
    async inReach({ workspace, projects }: Reach, thing: PlacedThing): Promise<boolean> {
      if (isEveryProject(projects)) return true;
      const project = await projectOf(workspace, thing);
      return project !== null && holdsProject(projects, project);
    },
    /** Whether anything was ever decided about it. */
    async isKnown(workspace: string, thing: Exclude<PlacedThing, { kind: 'workspace' }>): Promise<boolean> {
      const rows: unknown[] = await source.query(
        'select from custody.journal_event where workspace = $1 and subject = $2 limit 1',
        [workspace, `${thing.kind}/${thing.id}`],
      );
      return rows.length > 0;
    },
  };
}
