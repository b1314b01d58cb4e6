import { int64 } from '@runledger/contracts';
import type { LoggedModelRecord, ModelMetricRecord } from '@runledger/postgres';
import { z } from 'zod';
import { rootUri } from './artifact-path';

const pair = z.object({ key: z.string(), value: z.string() });

export const loggedModelAnswer = z.object({
  info: z.object({
    model_id: z.string(),
    experiment_id: z.string(),
    name: z.string(),
    creation_timestamp_ms: int64,
    last_updated_timestamp_ms: int64,
    artifact_uri: z.string(),
    status: z.enum(['LOGGED_MODEL_PENDING', 'LOGGED_MODEL_READY', 'LOGGED_MODEL_UPLOAD_FAILED']),
    model_type: z.string().optional(),
    source_run_id: z.string().optional(),
    tags: z.array(pair),
  }),
  data: z.object({
    params: z.array(pair),
    metrics: z.array(
      z.object({
        key: z.string(),
        value: z.union([z.number(), z.enum(['NaN', 'Infinity', '-Infinity'])]),
        timestamp: int64,
        step: int64,
        model_id: z.string(),
        run_id: z.string(),
        dataset_name: z.string().optional(),
        dataset_digest: z.string().optional(),
      }),
    ),
  }),
});

const STATUSES = {
  pending: 'LOGGED_MODEL_PENDING',
  ready: 'LOGGED_MODEL_READY',
  failed: 'LOGGED_MODEL_UPLOAD_FAILED',
} as const;

/** Where a logged model's files are kept. */
export const loggedModelLocation = (loggedModel: string, experiment: string): string =>
  rootUri({ experiment, of: 'logged-model', id: loggedModel });

const metricOf = (metric: ModelMetricRecord) => ({
  key: metric.key,
  value: metric.value,
  timestamp: BigInt(metric.time),
  step: BigInt(metric.step),
  model_id: metric.loggedModel,
  run_id: metric.run,
  dataset_name: metric.datasetName ?? undefined,
  dataset_digest: metric.datasetDigest ?? undefined,
});

/** `metrics` may hold those of other models. */
export const loggedModelAnswerOf = ({ id, value }: LoggedModelRecord, metrics: readonly ModelMetricRecord[]) => ({
  info: {
    model_id: id,
    experiment_id: value.experiment,
    name: value.name,
    creation_timestamp_ms: value.createdAt ?? value.changedAt,
    last_updated_timestamp_ms: value.changedAt,
    artifact_uri: loggedModelLocation(id, value.experiment),
    status: STATUSES[value.status],
    model_type: value.modelType ?? undefined,
    source_run_id: value.run ?? undefined,
    tags: value.tags.map(({ key, value: text }) => ({ key, value: text })),
  },
  data: {
    params: value.params.map(({ key, value: text }) => ({ key, value: text })),
    metrics: metrics.filter(({ loggedModel }) => loggedModel === id).map(metricOf),
  },
});
