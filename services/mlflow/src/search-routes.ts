import type { Principal } from '@runledger/access';
import { parseFilter, parseOrder } from '@runledger/filter';
import { Fault } from '@runledger/kernel';
import type { RunSearch } from '@runledger/postgres';
import { z } from 'zod';
import type { MlflowRoom } from './mlflow-room';
import { defineRoute, type MlflowRoute } from './mlflow-route';
import { lifecycleOf, repeated, searchPlace, viewType, whole } from './request-fields';
import { RUN_COLUMNS, runAnswer, runAnswerOf } from './run-answer';
import { loadRunModels } from './run-models';

const MOST_RUNS = 50_000;
const DEFAULT_RUNS = 1_000;
const MOST_EXPERIMENTS = 10_000;
/** As MLflow bounds it. */
const MOST_DATASET_EXPERIMENTS = 20;
const MOST_DATASETS = 1_000;

const searchRuns = z.object({
  experiment_ids: repeated(z.string()).pipe(z.array(z.string()).max(MOST_EXPERIMENTS)).optional(),
  filter: z.string().optional(),
  run_view_type: viewType.optional(),
  max_results: whole(1, MOST_RUNS).optional(),
  order_by: repeated(z.string()).optional(),
  page_token: z.string().optional(),
});

/** Runs of a deleted experiment are deleted with it: they show where deleted ones do. */
async function namesIn(
  { metadata, searches }: MlflowRoom,
  { experiments, ...asked }: Omit<RunSearch, 'deletedExperiments'> & { experiments: readonly string[] },
) {
  // Mostly none is deleted, and whoever searches need not wait for that to be known.
  const [deletedExperiments, found] = await Promise.all([
    metadata.listDeletedExperiments(asked.reach.workspace, experiments),
    searches.names({ ...asked, experiments }),
  ]);
  const isSame = deletedExperiments.length === 0;
  return {
    deleted: new Set(deletedExperiments),
    ...(isSame ? found : await searches.names({ ...asked, experiments, deletedExperiments })),
  };
}

async function search(room: MlflowRoom, who: Principal, asked: z.output<typeof searchRuns>): Promise<object> {
  const { workspace } = who;
  const { filter: text = '', order_by: orderBy = [], max_results: limit = DEFAULT_RUNS } = asked;
  const filter = parseFilter(text, 'run');
  const order = parseOrder(orderBy, 'run');
  const experiments = [...new Set(asked.experiment_ids ?? [])];
  const lifecycle = lifecycleOf(asked.run_view_type);
  const list = ['mlflow-runs', workspace, experiments, lifecycle, text, orderBy];
  const after = room.pages.open(list, asked.page_token || undefined, searchPlace);
  await room.settle({ workspace, uses: ['runs', 'series', 'catalog'] });
  const scope = { reach: who, experiments, lifecycle };
  const { deleted, runs: names, next } = await namesIn(room, { ...scope, filter, order, after, limit });
  const [runs, models] = await Promise.all([
    room.searches.load(who, names, RUN_COLUMNS),
    loadRunModels(room, workspace, names),
  ]);
  return {
    runs: runs.map((run) => runAnswerOf(run, models, run.lifecycle === 'deleted' || deleted.has(run.experiment ?? ''))),
    next_page_token: next === null ? undefined : room.pages.seal(list, next),
  };
}

const datasetSearch = z.object({ experiment_ids: repeated(z.string()).optional() });
const summaries = z.object({
  dataset_summaries: z.array(
    z.object({ experiment_id: z.string(), name: z.string(), digest: z.string(), context: z.string().optional() }),
  ),
});

async function searchDatasets(
  room: MlflowRoom,
  who: Principal,
  { experiment_ids: experiments = [] }: z.output<typeof datasetSearch>,
): Promise<object> {
  if (experiments.length === 0 || experiments.length > MOST_DATASET_EXPERIMENTS)
    throw new Fault(
      'invalid',
      'MLFLOW_BAD_EXPERIMENTS',
      `SearchDatasets request must specify 1 to ${MOST_DATASET_EXPERIMENTS} experiment_ids.`,
    );
  const { workspace } = who;
  await room.settle({ workspace, uses: ['runs'] });
  const found = await room.metadata.listDatasets(
    workspace,
    await room.metadata.reachedExperiments(who, experiments),
    MOST_DATASETS,
  );
  return {
    dataset_summaries: found.map(({ experiment, name, digest, context }) => ({
      experiment_id: experiment,
      name,
      digest,
      context: context === '' ? undefined : context,
    })),
  };
}

const datasets = {
  permission: 'runs:read',
  level: 'project',
  summary: 'Datasets that runs of experiments read',
  request: datasetSearch,
  answer: summaries,
  run: searchDatasets,
} as const;

export const SEARCH_ROUTES: readonly MlflowRoute[] = [
  defineRoute('POST 2.0/mlflow/runs/search', {
    permission: 'runs:read',
    level: 'project',
    summary: 'Runs that a filter lets through, newest first or in any order',
    request: searchRuns,
    answer: z.object({ runs: z.array(runAnswer), next_page_token: z.string().optional() }),
    run: search,
  }),
  defineRoute('POST 2.0/mlflow/experiments/search-datasets', datasets),
  // Clients leave out the slash.
  defineRoute('POST 2.0mlflow/experiments/search-datasets', datasets),
];
