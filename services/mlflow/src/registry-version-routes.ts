import type { Principal } from '@runledger/access';
import { loggedModelRules } from '@runledger/commands';
import { key, modelName } from '@runledger/contracts';
import { parseFilter, parseOrder } from '@runledger/filter';
import { uuidv7 } from '@runledger/kernel';
import { z } from 'zod';
import { loggedModelOf } from './logged-models-reads';
import type { MlflowRoom } from './mlflow-room';
import { defineRoute, type MlflowRoute } from './mlflow-route';
import { versionAnswer } from './registry-answer';
import { commandModel } from './registry-commands';
import { registryTags, registryText, stageOf } from './registry-fields';
import { traceSource } from './registry-lineage';
import { answerVersions, versionOf } from './registry-reads';
import { repeated, searchPlace, whole } from './request-fields';
import { withoutPrompts } from './without-prompts';

const MOST_LISTED = 200_000;
const DEFAULT_LISTED = 10_000;
const DEFAULT_ORDER = ['last_updated_timestamp DESC', 'name ASC', 'version_number DESC'];
/** Which versions were made of a logged model. */
const VERSIONS_TAG = 'mlflow.modelVersions';

const version = z.object({ name: modelName, version: whole(1, 2_147_483_647) });
const oneVersion = z.object({ model_version: versionAnswer });
const nothing = z.object({});
const read = { permission: 'runs:read' } as const;
const write = { permission: 'commands:write' } as const;
const promote = { permission: 'models:promote' } as const;

async function answerVersion(room: MlflowRoom, workspace: string, which: z.output<typeof version>) {
  const [answer] = await answerVersions(room, workspace, [await versionOf(room, workspace, which)]);
  return { model_version: answer };
}

const madeOf = z.array(z.object({ name: z.string(), version: z.number() }));

/** What the tag says, or nothing where somebody else has written it. */
function readMade(text: string): z.output<typeof madeOf> {
  try {
    return madeOf.safeParse(JSON.parse(text)).data ?? [];
  } catch {
    return [];
  }
}

/** The logged model says in a tag which versions were made of it, as MLflow's clients show it. */
async function noteOnLoggedModel(
  room: MlflowRoom,
  who: Principal,
  loggedModel: string,
  made: z.output<typeof version>,
): Promise<void> {
  const { value } = await loggedModelOf(room, who, loggedModel);
  const before = readMade(value.tags.find((tag) => tag.key === VERSIONS_TAG)?.value ?? '[]');
  const tags = [{ key: VERSIONS_TAG, value: JSON.stringify([...before, made]) }];
  const command = { name: 'tag-logged-model', loggedModel, tags } as const;
  await room.commands.run(loggedModelRules, who, { id: uuidv7(), fields: command, command });
}

export const REGISTRY_VERSION_ROUTES: readonly MlflowRoute[] = [
  defineRoute('POST 2.0/mlflow/model-versions/create', {
    ...write,
    summary: 'Give a model its next version',
    request: z.object({
      name: modelName,
      source: z.string().min(1).max(10_000),
      run_id: z.string().optional(),
      run_link: z.string().max(10_000).optional(),
      model_id: z.string().optional(),
      description: registryText.default(''),
      tags: registryTags,
    }),
    answer: oneVersion,
    async run(room, who, { name, description, tags, run_link: runLink, ...said }) {
      const { loggedModel, ...lineage } = await traceSource(room, who.workspace, said);
      const made = { ...lineage, runLink: runLink || undefined, loggedModel, description, tags };
      const result = await commandModel(room, who, { name: 'create-version', model: name, ...made });
      const number = Number(result.version);
      if (loggedModel !== undefined) await noteOnLoggedModel(room, who, loggedModel, { name, version: number });
      return answerVersion(room, who.workspace, { name, version: number });
    },
  }),
  defineRoute('GET 2.0/mlflow/model-versions/get', {
    ...read,
    summary: 'One version of a model',
    request: version,
    answer: oneVersion,
    run: (room, { workspace }, which) => answerVersion(room, workspace, which),
  }),
  defineRoute('GET 2.0/mlflow/model-versions/get-download-uri', {
    ...read,
    summary: 'Where the files of a version are',
    request: version,
    answer: z.object({ artifact_uri: z.string() }),
    run: async (room, { workspace }, which) => ({
      artifact_uri: (await versionOf(room, workspace, which)).version.value.location,
    }),
  }),
  defineRoute('GET 2.0/mlflow/model-versions/search', {
    ...read,
    summary: 'Versions of models that a filter lets through, those first that changed last',
    request: z.object({
      filter: z.string().default(''),
      max_results: whole(1, MOST_LISTED).default(DEFAULT_LISTED),
      order_by: repeated(z.string()).optional(),
      page_token: z.string().optional(),
    }),
    answer: z.object({ model_versions: z.array(versionAnswer), next_page_token: z.string().optional() }),
    async run(room, { workspace }, { filter, max_results: limit, order_by: orderBy = [], page_token }) {
      const list = ['mlflow-versions', workspace, filter, orderBy];
      const order = parseOrder(orderBy.length === 0 ? DEFAULT_ORDER : orderBy, 'model-version');
      const asked = { filter: withoutPrompts(parseFilter(filter, 'model-version')), order };
      const after = room.pages.open(list, page_token || undefined, searchPlace);
      await room.settle({ workspace, uses: ['catalog'] });
      const { versions, next } = await room.models.findVersions({ workspace, ...asked, after, limit });
      return {
        model_versions: await answerVersions(room, workspace, versions),
        next_page_token: next === null ? undefined : room.pages.seal(list, next),
      };
    },
  }),
  defineRoute('PATCH 2.0/mlflow/model-versions/update', {
    ...write,
    summary: 'Give a version another description',
    request: version.extend({ description: registryText.default('') }),
    answer: oneVersion,
    async run(room, who, { description, ...which }) {
      await commandModel(room, who, {
        name: 'describe-version',
        model: which.name,
        version: which.version,
        description,
      });
      return answerVersion(room, who.workspace, which);
    },
  }),
  defineRoute('POST 2.0/mlflow/model-versions/transition-stage', {
    ...promote,
    summary: 'Move a version to another stage, and the others that are in it to the archive if that is asked for',
    request: version.extend({ stage: z.string(), archive_existing_versions: z.boolean().default(false) }),
    answer: oneVersion,
    async run(room, who, { stage, archive_existing_versions: archiveOthers, ...which }) {
      const moved = { model: which.name, version: which.version, to: stageOf(stage), archiveOthers };
      await commandModel(room, who, { name: 'stage-version', ...moved });
      return answerVersion(room, who.workspace, which);
    },
  }),
  defineRoute('DELETE 2.0/mlflow/model-versions/delete', {
    ...promote,
    summary: 'Delete a version for ever; its number is not given again',
    request: version,
    answer: nothing,
    async run(room, who, which) {
      await commandModel(room, who, { name: 'delete-version', model: which.name, version: which.version });
      return {};
    },
  }),
  defineRoute('POST 2.0/mlflow/model-versions/set-tag', {
    ...write,
    summary: 'Set a tag of a version',
    request: version.extend({ key, value: registryText.default('') }),
    answer: nothing,
    async run(room, who, { name, version: number, key: tagKey, value }) {
      const tags = [{ key: tagKey, value }];
      await commandModel(room, who, { name: 'tag-version', model: name, version: number, tags });
      return {};
    },
  }),
  defineRoute('DELETE 2.0/mlflow/model-versions/delete-tag', {
    ...write,
    summary: 'Take a tag of a version away',
    request: version.extend({ key }),
    answer: nothing,
    async run(room, who, { name, version: number, key: tagKey }) {
      await commandModel(room, who, { name: 'untag-version', model: name, version: number, keys: [tagKey] });
      return {};
    },
  }),
];
