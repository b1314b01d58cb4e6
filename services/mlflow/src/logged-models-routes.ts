import { randomUUID } from 'node:crypto';
import type { Principal } from '@runledger/access';
import { loggedModelRules } from '@runledger/commands';
import { isEveryProject, key, name, text } from '@runledger/contracts';
import type { LoggedModelCommand } from '@runledger/domain';
import { parseFilter, parseOrder } from '@runledger/filter';
import { Fault, uuidv7 } from '@runledger/kernel';
import { z } from 'zod';
import { noExperiment } from './experiment-answer';
import { loggedModelAnswer } from './logged-models-answer';
import { answerLoggedModels, loggedModelOf } from './logged-models-reads';
import type { MlflowRoom } from './mlflow-room';
import { defineRoute, type MlflowRoute } from './mlflow-route';
import { searchPlace, whole } from './request-fields';
import { inventRunName } from './run-names';

const MOST_LISTED = 5_000;
const DEFAULT_LISTED = 100;
const MOST_EXPERIMENTS = 10_000;

const pairs = z
  .array(z.object({ key, value: text(100_000).default('') }))
  .max(1_000)
  .default([]);
const which = z.object({ model_id: z.string() });
const oneModel = z.object({ model: loggedModelAnswer });
const nothing = z.object({});
const read = { permission: 'runs:read', level: 'project' } as const;
const write = { permission: 'commands:write', level: 'project' } as const;

const FINAL = { LOGGED_MODEL_READY: 'ready', LOGGED_MODEL_UPLOAD_FAILED: 'failed', 2: 'ready', 3: 'failed' } as const;
const finalStatus = z
  .union([z.enum(['LOGGED_MODEL_READY', 'LOGGED_MODEL_UPLOAD_FAILED']), z.literal(2), z.literal(3)])
  .transform((status) => FINAL[status]);

async function command(room: MlflowRoom, who: Principal, one: LoggedModelCommand): Promise<void> {
  await room.commands.run(loggedModelRules, who, { id: uuidv7(), fields: one, command: one });
}

async function answer(room: MlflowRoom, who: Principal, loggedModel: string, more: { deletedToo?: boolean } = {}) {
  const found = await loggedModelOf(room, who, loggedModel, more);
  const [model] = await answerLoggedModels(room, who, [found]);
  return { model };
}

/** @throws Fault missing MLFLOW_NO_EXPERIMENT, invalid MLFLOW_EXPERIMENT_DELETED */
async function checkExperiment({ settle, metadata }: MlflowRoom, who: Principal, experiment: string): Promise<void> {
  await settle({ workspace: who.workspace, uses: ['catalog'] });
  const found = await metadata.getExperiment(who, experiment);
  if (found === null) throw noExperiment(experiment);
  if (found.lifecycle === 'deleted')
    throw new Fault(
      'invalid',
      'MLFLOW_EXPERIMENT_DELETED',
      `The experiment ${experiment} must be in the 'active' state, and is deleted.`,
    );
}

const measuredOn = z.object({ dataset_name: z.string(), dataset_digest: z.string().optional() });
const search = z.object({
  experiment_ids: z.array(z.string()).min(1).max(MOST_EXPERIMENTS),
  filter: z.string().default(''),
  datasets: z.array(measuredOn).max(100).default([]),
  max_results: whole(1, MOST_LISTED).default(DEFAULT_LISTED),
  order_by: z
    .array(
      z.object({
        field_name: z.string(),
        ascending: z.boolean().default(true),
        dataset_name: z.string().optional(),
        dataset_digest: z.string().optional(),
      }),
    )
    .max(100)
    .default([]),
  page_token: z.string().optional(),
});

const datasetOf = (dataset: Readonly<{ dataset_name?: string | undefined; dataset_digest?: string | undefined }>) =>
  dataset.dataset_name ? [{ name: dataset.dataset_name, digest: dataset.dataset_digest || undefined }] : [];

/** The order, each part of it with the dataset on which its metric must have been measured. */
function orderOf(orderBy: z.output<typeof search>['order_by']) {
  const texts = orderBy.map(({ field_name, ascending }) => `${field_name} ${ascending ? 'ASC' : 'DESC'}`);
  return parseOrder(texts, 'logged-model').map((order, i) => ({ ...order, datasets: datasetOf(orderBy[i] ?? {}) }));
}

async function answerSearch(room: MlflowRoom, who: Principal, asked: z.output<typeof search>) {
  const { workspace } = who;
  const { experiment_ids: named, filter, max_results: limit, page_token, ...more } = asked;
  const list = ['mlflow-logged-models', workspace, named, filter, more];
  const order = orderOf(more.order_by);
  const question = { filter: parseFilter(filter, 'logged-model'), datasets: more.datasets.flatMap(datasetOf), order };
  const after = room.pages.open(list, page_token || undefined, searchPlace);
  await room.settle({ workspace, uses: ['catalog', 'runs'] });
  const experiments = await room.metadata.reachedExperiments(who, named);
  const { models, next } = await room.loggedModels.find({ workspace, experiments, ...question, after, limit });
  return {
    models: await answerLoggedModels(room, who, models),
    next_page_token: next === null ? undefined : room.pages.seal(list, next),
  };
}

export const LOGGED_MODEL_ROUTES: readonly MlflowRoute[] = [
  defineRoute('POST 2.0/mlflow/logged-models', {
    ...write,
    summary: 'Begin a model that is logged in an experiment',
    request: z.object({
      experiment_id: z.string(),
      name: name(500)
        .refine((value) => !/[/:.%"']/.test(value), { error: `must hold none of / : . % " '` })
        .optional(),
      model_type: text(500).optional(),
      source_run_id: z.string().optional(),
      params: pairs,
      tags: pairs,
    }),
    answer: oneModel,
    async run(room, who, { experiment_id: experiment, source_run_id, model_type, name: as, params, tags }) {
      await checkExperiment(room, who, experiment);
      if (source_run_id && !isEveryProject(who.projects)) await room.gate.find(who, source_run_id);
      const loggedModel = `m-${randomUUID().replaceAll('-', '')}`;
      const [run, modelType] = [source_run_id || undefined, model_type || undefined];
      const made = { loggedModel, experiment, as: as ?? inventRunName(), run, modelType, params, tags };
      await command(room, who, { name: 'create-logged-model', ...made });
      return answer(room, who, loggedModel);
    },
  }),
  defineRoute('POST 2.0/mlflow/logged-models/search', {
    ...read,
    summary: 'Logged models of experiments that a filter lets through, newest first',
    request: search,
    answer: z.object({ models: z.array(loggedModelAnswer), next_page_token: z.string().optional() }),
    run: answerSearch,
  }),
  defineRoute('GET 2.0/mlflow/logged-models/:model_id', {
    ...read,
    summary: 'One logged model, with the metrics that runs have measured of it',
    request: which.extend({ allow_deleted: z.enum(['true', 'false']).optional() }),
    answer: oneModel,
    run: (room, who, { model_id, allow_deleted }) =>
      answer(room, who, model_id, { deletedToo: allow_deleted === 'true' }),
  }),
  defineRoute('PATCH 2.0/mlflow/logged-models/:model_id', {
    ...write,
    summary: 'Say that the files of a logged model are complete, or will never be',
    request: which.extend({ status: finalStatus }),
    answer: oneModel,
    async run(room, who, { model_id: loggedModel, status }) {
      await loggedModelOf(room, who, loggedModel);
      await command(room, who, { name: 'finalize-logged-model', loggedModel, status });
      return answer(room, who, loggedModel);
    },
  }),
  defineRoute('DELETE 2.0/mlflow/logged-models/:model_id', {
    ...write,
    summary: 'Put a logged model away; one that is deleted stays so',
    request: which,
    answer: nothing,
    async run(room, who, { model_id: loggedModel }) {
      const { value } = await loggedModelOf(room, who, loggedModel, { deletedToo: true });
      if (value.lifecycle === 'active') await command(room, who, { name: 'delete-logged-model', loggedModel });
      return {};
    },
  }),
  defineRoute('PATCH 2.0/mlflow/logged-models/:model_id/tags', {
    ...write,
    summary: 'Set tags of a logged model',
    request: which.extend({ tags: pairs }),
    answer: nothing,
    async run(room, who, { model_id: loggedModel, tags }) {
      await loggedModelOf(room, who, loggedModel);
      await command(room, who, { name: 'tag-logged-model', loggedModel, tags });
      return {};
    },
  }),
  defineRoute('DELETE 2.0/mlflow/logged-models/:model_id/tags/:tag_key', {
    ...write,
    summary: 'Take a tag of a logged model away',
    request: which.extend({ tag_key: key }),
    answer: nothing,
    async run(room, who, { model_id: loggedModel, tag_key }) {
      const { value } = await loggedModelOf(room, who, loggedModel);
      if (!value.tags.some((tag) => tag.key === tag_key))
        throw new Fault(
          'missing',
          'MLFLOW_NO_TAG',
          `No tag with key '${tag_key}' found for logged model '${loggedModel}'.`,
        );
      await command(room, who, { name: 'untag-logged-model', loggedModel, keys: [tag_key] });
      return {};
    },
  }),
  defineRoute('POST 2.0/mlflow/logged-models/:model_id/params', {
    ...write,
    summary: 'Say with which params a logged model was made',
    request: which.extend({ params: pairs }),
    answer: nothing,
    async run(room, who, { model_id: loggedModel, params }) {
      await loggedModelOf(room, who, loggedModel);
      await command(room, who, { name: 'configure-logged-model', loggedModel, params });
      return {};
    },
  }),
];
