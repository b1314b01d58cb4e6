import { aliasName, key, MODEL_STAGES, modelName } from '@runledger/contracts';
import { parseFilter, parseOrder } from '@runledger/filter';
import { Fault, uuidv7 } from '@runledger/kernel';
import { z } from 'zod';
import { defineRoute, type MlflowRoute } from './mlflow-route';
import { modelAnswer, versionAnswer } from './registry-answer';
import { commandModel } from './registry-commands';
import { registryTags, registryText, stageOf } from './registry-fields';
import { answerModels, answerVersions, modelOf, versionOf } from './registry-reads';
import { repeated, searchPlace, whole } from './request-fields';
import { withoutPrompts } from './without-prompts';

const MOST_LISTED = 1_000;
const DEFAULT_LISTED = 100;

const named = z.object({ name: modelName });
const oneModel = z.object({ registered_model: modelAnswer });
const nothing = z.object({});
const read = { permission: 'runs:read' } as const;
const write = { permission: 'commands:write' } as const;
const promote = { permission: 'models:promote' } as const;
const versions = { request: z.object({ name: z.string(), stages: repeated(z.string()).optional() }) };

const latestVersions = (method: 'GET' | 'POST'): MlflowRoute =>
  defineRoute(`${method} 2.0/mlflow/registered-models/get-latest-versions`, {
    ...read,
    ...versions,
    summary: 'The newest version of a model in each stage, or in those that are named',
    answer: z.object({ model_versions: z.array(versionAnswer) }),
    async run(room, { workspace }, { name, stages = [] }) {
      const wanted = stages.length === 0 ? MODEL_STAGES : stages.map(stageOf);
      const model = await modelOf(room, workspace, name);
      const latest = await room.metadata.listLatestVersions(workspace, [model.id]);
      const found = latest.filter(({ value }) => wanted.includes(value.stage)).map((version) => ({ model, version }));
      return { model_versions: await answerVersions(room, workspace, found) };
    },
  });

export const REGISTRY_MODEL_ROUTES: readonly MlflowRoute[] = [
  defineRoute('POST 2.0/mlflow/registered-models/create', {
    ...write,
    summary: 'Register a model under a name that is unique in the workspace',
    request: named.extend({ description: registryText.default(''), tags: registryTags }),
    answer: oneModel,
    async run(room, who, { name, description, tags }) {
      await commandModel(room, who, { name: 'create-model', model: uuidv7(), as: name, description, tags });
      const [answer] = await answerModels(room, who.workspace, [await modelOf(room, who.workspace, name)]);
      return { registered_model: answer };
    },
  }),
  defineRoute('POST 2.0/mlflow/registered-models/rename', {
    ...promote,
    summary: 'Give a model another name; its versions stay with it',
    request: named.extend({ new_name: modelName }),
    answer: oneModel,
    async run(room, who, { name, new_name: to }) {
      await commandModel(room, who, { name: 'rename-model', model: name, to });
      const [answer] = await answerModels(room, who.workspace, [await modelOf(room, who.workspace, to)]);
      return { registered_model: answer };
    },
  }),
  defineRoute('PATCH 2.0/mlflow/registered-models/update', {
    ...write,
    summary: 'Give a model another description',
    request: named.extend({ description: registryText.default('') }),
    answer: oneModel,
    async run(room, who, { name, description }) {
      await commandModel(room, who, { name: 'describe-model', model: name, description });
      const [answer] = await answerModels(room, who.workspace, [await modelOf(room, who.workspace, name)]);
      return { registered_model: answer };
    },
  }),
  defineRoute('DELETE 2.0/mlflow/registered-models/delete', {
    ...promote,
    summary: 'Delete a model with its versions for ever; its name becomes free',
    request: named,
    answer: nothing,
    async run(room, who, { name }) {
      await commandModel(room, who, { name: 'delete-model', model: name });
      return {};
    },
  }),
  defineRoute('GET 2.0/mlflow/registered-models/get', {
    ...read,
    summary: 'One registered model',
    request: z.object({ name: z.string() }),
    answer: oneModel,
    async run(room, { workspace }, { name }) {
      const [answer] = await answerModels(room, workspace, [await modelOf(room, workspace, name)]);
      return { registered_model: answer };
    },
  }),
  defineRoute('GET 2.0/mlflow/registered-models/search', {
    ...read,
    summary: 'Registered models that a filter lets through, by name',
    request: z.object({
      filter: z.string().default(''),
      max_results: whole(1, MOST_LISTED).default(DEFAULT_LISTED),
      order_by: repeated(z.string()).optional(),
      page_token: z.string().optional(),
    }),
    answer: z.object({ registered_models: z.array(modelAnswer), next_page_token: z.string().optional() }),
    async run(room, { workspace }, { filter, max_results: limit, order_by: orderBy = [], page_token }) {
      const list = ['mlflow-models', workspace, filter, orderBy];
      const tree = withoutPrompts(parseFilter(filter, 'registered-model'));
      const asked = { filter: tree, order: parseOrder(orderBy, 'registered-model') };
      const after = room.pages.open(list, page_token || undefined, searchPlace);
      await room.settle({ workspace, uses: ['catalog'] });
      const { models, next } = await room.models.findModels({ workspace, ...asked, after, limit });
      return {
        registered_models: await answerModels(room, workspace, models),
        next_page_token: next === null ? undefined : room.pages.seal(list, next),
      };
    },
  }),
  latestVersions('GET'),
  latestVersions('POST'),
  defineRoute('POST 2.0/mlflow/registered-models/set-tag', {
    ...write,
    summary: 'Set a tag of a model',
    request: named.extend({ key, value: registryText.default('') }),
    answer: nothing,
    async run(room, who, { name, key: tagKey, value }) {
      await commandModel(room, who, { name: 'tag-model', model: name, tags: [{ key: tagKey, value }] });
      return {};
    },
  }),
  defineRoute('DELETE 2.0/mlflow/registered-models/delete-tag', {
    ...write,
    summary: 'Take a tag of a model away',
    request: named.extend({ key }),
    answer: nothing,
    async run(room, who, { name, key: tagKey }) {
      await commandModel(room, who, { name: 'untag-model', model: name, keys: [tagKey] });
      return {};
    },
  }),
  defineRoute('POST 2.0/mlflow/registered-models/alias', {
    ...promote,
    summary: 'Let an alias of a model point to a version',
    request: named.extend({ alias: aliasName, version: whole(1, 2_147_483_647) }),
    answer: nothing,
    async run(room, who, { name, alias, version }) {
      await commandModel(room, who, { name: 'set-alias', model: name, alias, version });
      return {};
    },
  }),
  defineRoute('DELETE 2.0/mlflow/registered-models/alias', {
    ...promote,
    summary: 'Take an alias of a model away',
    request: named.extend({ alias: aliasName }),
    answer: nothing,
    async run(room, who, { name, alias }) {
      await commandModel(room, who, { name: 'remove-alias', model: name, alias });
      return {};
    },
  }),
  defineRoute('GET 2.0/mlflow/registered-models/alias', {
    ...read,
    summary: 'The version that an alias points to',
    request: z.object({ name: z.string(), alias: z.string() }),
    answer: z.object({ model_version: versionAnswer }),
    async run(room, { workspace }, { name, alias }) {
      const model = await modelOf(room, workspace, name);
      const aliases = await room.metadata.listModelAliases(workspace, [model.id]);
      const to = aliases.find((one) => one.name === alias)?.value.version;
      // MLflow answers INVALID_PARAMETER_VALUE here, and its clients look for that.
      if (to === undefined)
        throw new Fault('invalid', 'MLFLOW_NO_ALIAS', `Registered model alias ${alias.slice(0, 255)} not found.`);
      const [answer] = await answerVersions(room, workspace, [await versionOf(room, workspace, { name, version: to })]);
      return { model_version: answer };
    },
  }),
];
