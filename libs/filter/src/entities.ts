import type { Part } from './filter';

/** What is searched. */
export type Entity = 'run' | 'experiment' | 'registered-model' | 'model-version' | 'logged-model';

/** `integer`: a number that refuses fractions. `id`: text that is compared whole only. `word`: text whose letters' case does not count. */
export type AttributeType = 'text' | 'id' | 'word' | 'number' | 'integer';

/** The names of one entity: MLflow's, and ours where it has none. */
export type Vocabulary = Readonly<{
  attributes: Readonly<Record<string, AttributeType>>;
  /** Other spellings of attributes. */
  aliases: Readonly<Record<string, string>>;
  /** What may stand before the dot. */
  prefixes: Readonly<Record<string, Part>>;
  /** Attributes that only an order may name. */
  orderOnly?: Readonly<Record<string, AttributeType>>;
  /** What a tag counts as where it is absent: `=` and `!=` take it so, nothing else does. */
  absentTags?: Readonly<Record<string, string>>;
}>;

const ATTRIBUTES = { attribute: 'attribute', attributes: 'attribute', attr: 'attribute' } as const;
const TAGS = { tag: 'tag', tags: 'tag' } as const;
const PARAMS = { param: 'param', params: 'param', parameter: 'param', parameters: 'param' } as const;
const METRICS = { metric: 'metric', metrics: 'metric' } as const;
const LINKS = { link: 'link', links: 'link' } as const;
const DATASETS = { dataset: 'dataset', datasets: 'dataset' } as const;

/** MLflow keeps prompts among the models, and its clients ask for what is none of them. */
const ABSENT_TAGS = { 'mlflow.prompt.is_prompt': 'false' };
const TIMES = { creation_timestamp: 'integer', last_updated_timestamp: 'integer' } as const;

const RUN: Vocabulary = {
  attributes: {
    run_id: 'text',
    run_name: 'text',
    user_id: 'text',
    status: 'word',
    start_time: 'number',
    end_time: 'number',
    artifact_uri: 'text',
    // MLflow has none of these.
    experiment_id: 'text',
    project: 'text',
    parent_run_id: 'text',
    description: 'text',
    fingerprint: 'text',
  },
  aliases: {
    created: 'start_time',
    Created: 'start_time',
    'run name': 'run_name',
    'Run name': 'run_name',
    'Run Name': 'run_name',
  },
  prefixes: { ...ATTRIBUTES, run: 'attribute', ...TAGS, ...PARAMS, ...METRICS, ...DATASETS, ...LINKS },
};

export const VOCABULARIES: Readonly<Record<Entity, Vocabulary>> = {
  run: RUN,
  experiment: {
    attributes: { name: 'text', experiment_id: 'id', creation_time: 'integer', last_update_time: 'integer' },
    aliases: {},
    prefixes: { attribute: 'attribute', ...TAGS },
  },
  'registered-model': {
    attributes: { name: 'text' },
    aliases: { timestamp: 'last_updated_timestamp' },
    prefixes: { attribute: 'attribute', ...TAGS },
    orderOnly: TIMES,
    absentTags: ABSENT_TAGS,
  },
  'model-version': {
    attributes: { name: 'text', version_number: 'integer', run_id: 'text', source_path: 'text' },
    aliases: {},
    prefixes: { ...ATTRIBUTES, run: 'attribute', ...TAGS, ...LINKS },
    orderOnly: TIMES,
    absentTags: ABSENT_TAGS,
  },
  'logged-model': {
    attributes: {
      name: 'text',
      model_id: 'text',
      experiment_id: 'text',
      source_run_id: 'text',
      model_type: 'text',
      status: 'word',
      artifact_location: 'text',
      creation_timestamp_ms: 'integer',
      last_updated_timestamp_ms: 'integer',
    },
    aliases: {
      creation_time: 'creation_timestamp_ms',
      creation_timestamp: 'creation_timestamp_ms',
      last_updated_timestamp: 'last_updated_timestamp_ms',
    },
    prefixes: { attributes: 'attribute', tags: 'tag', params: 'param', metrics: 'metric' },
  },
};
