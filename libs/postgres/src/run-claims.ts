import type { DataSource } from 'typeorm';
import { createSubjectPlaces } from './subject-places';

export type RunClaim = Readonly<{ run: string; project: string }>;

/** In which projects runs and experiments lie, and what commands are about, for callers who are kept to some: asked before they write. */
export const createRunClaims = (source: DataSource) => {
  const claims = createClaims(source);
  return { ...claims, ...createSubjectPlaces(source, (workspace, runs) => claims.projectsOf(workspace, runs)) };
};

const createClaims = (source: DataSource) => ({
  /**
   * The projects of runs; one that nobody announced is left out. What the log says counts, and where it has not been projected
   * that far, the first claim.
   */
  async projectsOf(workspace: string, runs: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const rows: RunClaim[] = await source.query(
      `select run, project from custody.run_claim where workspace = $1 and run = any ($2)
       union all
       select run, project from read.run
       where workspace = $1 and run = any ($2) and to_off is null and started_at is not null`,
      [workspace, runs],
    );
    return new Map(rows.map(({ run, project }) => [run, project]));
  },

  /** Claims runs for projects, where nobody has, before they are announced. */
  async claim(workspace: string, claims: readonly RunClaim[]): Promise<void> {
    await source.query(
      `insert into custody.run_claim (workspace, run, project)
       select $1, run, project from unnest($2::text[], $3::text[]) as made(run, project)
       on conflict (workspace, run) do nothing`,
      [workspace, claims.map(({ run }) => run), claims.map(({ project }) => project)],
    );
  },

  /** The projects of experiments, by the decisions that created them; one that nobody created is left out. */
  async projectsOfExperiments(workspace: string, experiments: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const rows: Array<{ experiment: string; project: string }> = await source.query(
      `select data ->> 'project' as project, substr(subject, length('experiment/') + 1) as experiment
       from custody.journal_event
       where workspace = $1 and subject = any ($2) and version = 1 and type = 'experiment.created'`,
      [workspace, experiments.map((one) => `experiment/${one}`)],
    );
    return new Map(rows.map(({ experiment, project }) => [experiment, project]));
  },
});
