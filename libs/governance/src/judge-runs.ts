import { measuredKey, type ObjectiveResult, type ObjectiveScope } from '@runledger/contracts';
import { type DatedObjective, judgeObjective } from '@runledger/domain';
import {
  type ObjectiveRecord,
  objectivesOf,
  type RecordedRun,
  readRecordedRuns,
  readRunDatasets,
  readRunMeasures,
} from '@runledger/postgres';
import type { DataSource, EntityManager } from 'typeorm';

type Queryable = Pick<DataSource | EntityManager, 'query'>;

export type JudgedRun = Readonly<{ run: string; recorded: RecordedRun | null; results: readonly ObjectiveResult[] }>;

/** Objectives that a run is judged by; more of a project are left out, those with the greatest ids. */
const MOST_OBJECTIVES = 500;

export const datedOf = ({ id, value: { number, definition, definedAt } }: ObjectiveRecord): DatedObjective => ({
  objective: id,
  number,
  definition,
  definedAt,
});

const scopesOf = ({ project, experiment }: RecordedRun): ObjectiveScope[] => [
  ...(project === null ? [] : [{ kind: 'project' as const, id: project }]),
  ...(experiment === null ? [] : [{ kind: 'experiment' as const, id: experiment }]),
];
const scopeName = ({ kind, id }: ObjectiveScope): string => `${kind}/${id}`;

/** What each run is judged by: the objectives of its project and experiment, and those that are given, as they are given. */
async function objectivesByRun(
  source: Queryable,
  workspace: string,
  runs: ReadonlyMap<string, RecordedRun>,
): Promise<(run: string) => DatedObjective[]> {
  const scopes = new Map([...runs.values()].flatMap(scopesOf).map((scope) => [scopeName(scope), scope]));
  if (scopes.size === 0) return () => [];
  const found = await objectivesOf(source, workspace, [...scopes.values()]);
  return (run) => {
    const recorded = runs.get(run);
    const mine = new Set(recorded === undefined ? [] : scopesOf(recorded).map(scopeName));
    return found.filter(({ value }) => mine.has(scopeName(value.scope))).map(datedOf);
  };
}

/** Judges runs on what is projected, whatever that is: whoever asks has waited. Results are in the order of objectives' ids. */
export const createJudge = (source: Queryable) =>
  async function judge(
    workspace: string,
    runs: readonly string[],
    given: readonly DatedObjective[] = [],
  ): Promise<JudgedRun[]> {
    const recorded = await readRecordedRuns(source, workspace, runs);
    const ofRun = await objectivesByRun(source, workspace, recorded);
    const chosen = new Map(
      runs.map((run) => {
        const byId = new Map([...ofRun(run), ...given].map((objective) => [objective.objective, objective]));
        const sorted = [...byId.values()].sort((a, b) => (a.objective < b.objective ? -1 : 1));
        return [run, sorted.slice(0, MOST_OBJECTIVES)];
      }),
    );
    const asked = [...chosen.values()].flat();
    const keys = asked.map(({ definition }) => measuredKey(definition));
    const measures = await readRunMeasures(source, workspace, { runs, keys });
    const needsData = asked.some(({ definition }) => definition.dataset !== undefined);
    const datasets = needsData ? await readRunDatasets(source, workspace, runs) : new Map<string, Set<string>>();
    return runs.map((run) => {
      const known = recorded.get(run) ?? null;
      const seen = {
        began: known?.began ?? null,
        datasets: datasets.get(run) ?? new Set<string>(),
        metrics: measures.get(run) ?? new Map(),
      };
      return {
        run,
        recorded: known,
        results: (chosen.get(run) ?? []).map((objective) => judgeObjective(objective, seen)),
      };
    });
  };
export type Judge = ReturnType<typeof createJudge>;
