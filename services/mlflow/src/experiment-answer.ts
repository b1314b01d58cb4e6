import { int64 } from '@runledger/contracts';
import { Fault } from '@runledger/kernel';
import type { ExperimentRecord } from '@runledger/postgres';
import { z } from 'zod';

export const experimentAnswer = z.object({
  experiment_id: z.string(),
  name: z.string(),
  artifact_location: z.string(),
  lifecycle_stage: z.enum(['active', 'deleted']),
  workspace: z.string(),
  creation_time: int64.optional(),
  last_update_time: int64.optional(),
  tags: z.array(z.object({ key: z.string(), value: z.string() })),
});
export type ExperimentAnswer = z.output<typeof experimentAnswer>;

export const noExperiment = (experiment: string): Fault =>
  new Fault('missing', 'MLFLOW_NO_EXPERIMENT', `No Experiment with id=${experiment.slice(0, 200)} exists`);

/** Where an experiment's runs keep their artifacts. */
const artifactLocationOf = (experiment: string): string => `mlflow-artifacts:/${experiment}`;

export const experimentAnswerOf = (experiment: ExperimentRecord, workspace: string): ExperimentAnswer => ({
  experiment_id: experiment.experiment,
  name: experiment.name,
  artifact_location: artifactLocationOf(experiment.experiment),
  lifecycle_stage: experiment.lifecycle,
  workspace,
  creation_time: experiment.createdAt ?? undefined,
  last_update_time: experiment.updatedAt,
  tags: experiment.tags.map(({ key, value }) => ({ key, value })),
});
