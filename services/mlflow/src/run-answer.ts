import { int64 as anyInt64 } from '@runledger/contracts';
import { JsonText } from '@runledger/http';
import type { FoundRun, RunRecord } from '@runledger/postgres';
import { z } from 'zod';
import { rootUri } from './artifact-path';
import { latestJson } from './latest-json';
import { CONTEXT_TAG, modelsOf, type RunModels } from './run-models';

const double = z.union([z.number(), z.enum(['NaN', 'Infinity', '-Infinity'])]);
const tag = z.object({ key: z.string(), value: z.string() });

/** One value of a metric. */
export const metricAnswer = z.object({ key: z.string(), value: double, timestamp: anyInt64, step: anyInt64 });

export const runInfoAnswer = z.object({
  run_id: z.string(),
  run_uuid: z.string(),
  run_name: z.string(),
  experiment_id: z.string().optional(),
  user_id: z.string(),
  status: z.enum(['RUNNING', 'SCHEDULED', 'FINISHED', 'FAILED', 'KILLED']),
  start_time: anyInt64.optional(),
  end_time: anyInt64.optional(),
  artifact_uri: z.string(),
  lifecycle_stage: z.enum(['active', 'deleted']),
});

const dataset = z.object({
  name: z.string(),
  digest: z.string(),
  source_type: z.string().optional(),
  source: z.string().optional(),
  schema: z.string().optional(),
  profile: z.string().optional(),
});

/** What a whole run's answer is made of. */
export const RUN_COLUMNS = { paramsJson: true, tags: 'all', latest: true, inputs: true } as const;

export const runAnswer = z.object({
  info: runInfoAnswer,
  data: z.object({ metrics: z.array(metricAnswer), params: z.array(tag), tags: z.array(tag) }),
  inputs: z.object({
    dataset_inputs: z.array(z.object({ tags: z.array(tag), dataset })),
    model_inputs: z.array(z.object({ model_id: z.string() })),
  }),
  outputs: z.object({ model_outputs: z.array(z.object({ model_id: z.string(), step: anyInt64 })) }),
});

export const RUN_NAME_TAG = 'mlflow.runName';
export const USER_TAG = 'mlflow.user';

type TagLike = Readonly<{ key: string; value: string }>;

const STATUSES = {
  unannounced: 'RUNNING',
  scheduled: 'SCHEDULED',
  running: 'RUNNING',
  finished: 'FINISHED',
  failed: 'FAILED',
  killed: 'KILLED',
} as const;

/** Where a run's artifacts lie, as MLflow's clients address them. */
const artifactUriOf = ({ experiment, run }: Pick<RunRecord, 'experiment' | 'run'>): string =>
  rootUri({ experiment: experiment ?? '0', of: 'run', id: run });

/** The name is also a tag, whoever gave it. */
export function tagsOf(run: Pick<RunRecord, 'name'>, tags: readonly TagLike[]): TagLike[] {
  const shown = tags.map(({ key, value }) => ({ key, value: key === RUN_NAME_TAG ? (run.name ?? value) : value }));
  const named = run.name === null || shown.some(({ key }) => key === RUN_NAME_TAG);
  return named ? shown : [...shown, { key: RUN_NAME_TAG, value: run.name }];
}

type InfoOf = Pick<
  RunRecord,
  'run' | 'name' | 'experiment' | 'status' | 'startedAt' | 'finishedAt' | 'lifecycle' | 'sortAt'
>;

export const runInfoOf = (run: InfoOf, tags: readonly TagLike[], deleted: boolean): z.output<typeof runInfoAnswer> => ({
  run_id: run.run,
  run_uuid: run.run,
  run_name: run.name ?? tags.find(({ key }) => key === RUN_NAME_TAG)?.value ?? '',
  experiment_id: run.experiment ?? undefined,
  user_id: tags.find(({ key }) => key === USER_TAG)?.value ?? '',
  status: STATUSES[run.status],
  start_time: run.startedAt ?? run.sortAt ?? undefined,
  end_time: run.finishedAt ?? undefined,
  artifact_uri: artifactUriOf(run),
  lifecycle_stage: deleted ? 'deleted' : 'active',
});

type Input = FoundRun['inputs'][number];

const inputOf = (input: Input) => ({
  tags: [
    ...(input.context === '' ? [] : [{ key: CONTEXT_TAG, value: input.context }]),
    ...input.tags.map(({ key, value }) => ({ key, value })),
  ],
  dataset: {
    name: input.name,
    digest: input.digest,
    source_type: input.sourceType ?? undefined,
    source: input.source ?? undefined,
    schema: input.schema ?? undefined,
    profile: input.profile ?? undefined,
  },
});

/** A whole run. int64 leave as bigint, which the shell writes exactly. `models` may hold those of other runs. */
export function runAnswerOf(run: FoundRun, models: RunModels, deleted: boolean) {
  const { inputs, outputs } = modelsOf(run.run, models);
  return {
    info: runInfoOf(run, run.tags, deleted),
    data: {
      metrics: new JsonText(`[${latestJson(run.latest)}]`),
      params: new JsonText(`[${run.paramsJson}]`),
      tags: tagsOf(run, run.tags),
    },
    inputs: { dataset_inputs: run.inputs.map(inputOf), model_inputs: inputs },
    outputs: { model_outputs: outputs },
  };
}
