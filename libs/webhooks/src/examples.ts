import type { WebhookEvent } from '@runledger/contracts';

const version = { name: 'example_model', version: '1' };
const tag = { key: 'example_key', value: 'example_value' };
const tags = { example_key: 'example_value' };
const measured = { run_id: 'abcd1234abcd5678', experiment_id: '1', project: 'default' };
const objective = {
  ...measured,
  objective: 'example_objective',
  number: 1,
  name: 'accurate enough',
  reason: null,
  after_start: false,
  position: 'eyJ2IjoxfQ',
};
const run = { run_id: 'abcd1234abcd5678', finished_at: '2026-01-02T03:04:05.678Z' };

/** What a trial of a webhook sends; of models the same as MLflow's own server. */
export const EXAMPLES: Readonly<Record<WebhookEvent, object>> = {
  'registered_model.created': { name: 'example_model', tags, description: 'An example registered model' },
  'model_version.created': {
    ...version,
    source: 'models:/123',
    run_id: 'abcd1234abcd5678',
    tags,
    description: 'An example model version',
  },
  'model_version_tag.set': { ...version, ...tag },
  'model_version_tag.deleted': { ...version, key: tag.key },
  'model_version_alias.created': { name: version.name, alias: 'example_alias', version: '1' },
  'model_version_alias.deleted': { name: version.name, alias: 'example_alias' },
  'run.finished': { ...run, status: 'finished', message: null },
  'run.failed': { ...run, status: 'failed', message: 'out of memory' },
  'run.killed': { ...run, status: 'killed', message: null },
  'metric_threshold.crossed': {
    ...measured,
    condition: 'metrics.loss < 0.1',
    metric: 'loss',
    value: 0.09,
    step: 1_200,
    time: 1_767_323_045_678,
  },
  'objective.met': { ...objective, outcome: 'met', value: 0.93, missed_by: null },
  'objective.missed': { ...objective, outcome: 'missed', value: 0.85, missed_by: 0.05 },
  'objective.unmeasured': {
    ...objective,
    outcome: 'no value',
    value: null,
    missed_by: null,
    reason: 'the run has logged no accuracy',
  },
};
