import type { Principal } from '@runledger/access';
import { experimentRules } from '@runledger/commands';
import { entityId, holdsProject, isEveryProject, key, name, text } from '@runledger/contracts';
import { DEFAULT_PROJECT, type ExperimentCommand } from '@runledger/domain';
import { parseFilter, parseOrder } from '@runledger/filter';
import { Fault, uuidv7 } from '@runledger/kernel';
import { z } from 'zod';
import { experimentAnswer, experimentAnswerOf, noExperiment } from './experiment-answer';
import type { MlflowRoom } from './mlflow-room';
import { defineRoute, type MlflowRoute } from './mlflow-route';
import { lifecycleOf, repeated, required, searchPlace, viewType, whole } from './request-fields';

/** Names the project that a new experiment belongs to. */
const PROJECT_TAG = 'runledger.project';
const TAG_VALUE = 5_000;
const MOST_LISTED = 50_000;
const DEFAULT_LISTED = 1_000;

const tag = z.object({ key, value: text(TAG_VALUE) });
const experimentRef = z.object({ experiment_id: z.string().optional() });
const oneExperiment = z.object({ experiment: experimentAnswer });
const nothing = z.object({});

async function experimentOf({ settle, metadata }: MlflowRoom, who: Principal, experiment: string | undefined) {
  const id = required('experiment_id', experiment);
  await settle({ workspace: who.workspace, uses: ['catalog'] });
  const found = await metadata.getExperiment(who, id);
  if (found === null) throw noExperiment(id);
  return found;
}

/** Runs a command about an experiment; its id is new, since MLflow's clients have none. */
async function command({ commands }: MlflowRoom, who: Principal, one: ExperimentCommand): Promise<object> {
  if (!entityId.safeParse(one.experiment).success) throw noExperiment(one.experiment);
  await commands.run(experimentRules, who, { id: uuidv7(), fields: one, command: one });
  return {};
}

/** Artifacts are kept by this server, at places that follow from ids. */
function refuseLocation(location: string | undefined): void {
  if (location !== undefined && location !== '')
    throw new Fault(
      'invalid',
      'MLFLOW_ARTIFACT_LOCATION',
      "artifact_location is not taken: artifacts are kept by this server, at a place that follows from the experiment's id",
    );
}

/** Where a caller's experiments go who names no project and has one alone. */
const onlyProject = ({ projects }: Principal): string | undefined =>
  'only' in projects && projects.only.length === 1 ? projects.only[0] : undefined;

const search = z.object({
  max_results: whole(1, MOST_LISTED).optional(),
  page_token: z.string().optional(),
  filter: z.string().optional(),
  order_by: repeated(z.string()).optional(),
  view_type: viewType.optional(),
});
const found = z.object({ experiments: z.array(experimentAnswer), next_page_token: z.string().optional() });

async function answerSearch(room: MlflowRoom, who: Principal, asked: z.output<typeof search>) {
  const { workspace } = who;
  const { filter = '', order_by: orderBy = [], view_type, max_results: limit = DEFAULT_LISTED } = asked;
  const lifecycle = lifecycleOf(view_type);
  const list = ['mlflow-experiments', workspace, lifecycle, filter, orderBy];
  const search = { filter: parseFilter(filter, 'experiment'), order: parseOrder(orderBy, 'experiment') };
  const after = room.pages.open(list, asked.page_token || undefined, searchPlace);
  await room.settle({ workspace, uses: ['catalog'] });
  const { experiments, next } = await room.experiments.find({ reach: who, lifecycle, ...search, limit, after });
  return {
    experiments: experiments.map((one) => experimentAnswerOf(one, workspace)),
    next_page_token: next === null ? undefined : room.pages.seal(list, next),
  };
}

const read = { permission: 'runs:read', level: 'project', answer: oneExperiment } as const;
const write = { permission: 'commands:write', level: 'project', answer: nothing } as const;

export const EXPERIMENT_ROUTES: readonly MlflowRoute[] = [
  defineRoute('POST 2.0/mlflow/experiments/create', {
    ...write,
    summary: 'Create an experiment; its id is a number',
    request: z.object({
      name: z.string().optional(),
      artifact_location: z.string().optional(),
      tags: z.array(tag).max(1_000).default([]),
    }),
    answer: z.object({ experiment_id: z.string() }),
    async run({ commands }, who, { name: given, artifact_location, tags }) {
      const parsed = name(500).safeParse(required('name', given));
      if (!parsed.success)
        throw new Fault('invalid', 'MLFLOW_BAD_NAME', 'an experiment has a name of 1 to 500 characters');
      refuseLocation(artifact_location);
      const project = tags.find((one) => one.key === PROJECT_TAG)?.value ?? onlyProject(who) ?? DEFAULT_PROJECT;
      if (!holdsProject(who.projects, project))
        throw new Fault('missing', 'PROJECT_UNKNOWN', 'there is no such project');
      const { result } = await commands.createNumbered(who, { id: uuidv7(), name: parsed.data, project, tags });
      return { experiment_id: result.experiment };
    },
  }),
  defineRoute('GET 2.0/mlflow/experiments/get', {
    ...read,
    summary: 'One experiment, deleted or not',
    request: experimentRef,
    run: async (room, who, { experiment_id }) => ({
      experiment: experimentAnswerOf(await experimentOf(room, who, experiment_id), who.workspace),
    }),
  }),
  defineRoute('GET 2.0/mlflow/experiments/get-by-name', {
    ...read,
    summary: 'The experiment of a name: the active one, else the one that was deleted last',
    request: z.object({ experiment_name: z.string().optional() }),
    async run({ settle, metadata }, who, { experiment_name }) {
      const { workspace } = who;
      const named = required('experiment_name', experiment_name);
      await settle({ workspace, uses: ['catalog'] });
      const one = await metadata.findExperimentByName(who, named);
      if (one === null)
        throw new Fault(
          'missing',
          'MLFLOW_NO_EXPERIMENT',
          `Could not find experiment with name '${named.slice(0, 500)}'`,
        );
      return { experiment: experimentAnswerOf(one, workspace) };
    },
  }),
  defineRoute('POST 2.0/mlflow/experiments/search', {
    permission: 'runs:read',
    level: 'project',
    summary: 'Experiments that a filter lets through',
    request: search,
    answer: found,
    run: answerSearch,
  }),
  defineRoute('GET 2.0/mlflow/experiments/search', {
    permission: 'runs:read',
    level: 'project',
    summary: 'Experiments that a filter lets through',
    request: search,
    answer: found,
    run: answerSearch,
  }),
  defineRoute('POST 2.0/mlflow/experiments/update', {
    ...write,
    summary: 'Rename an experiment',
    request: experimentRef.extend({ new_name: name(500).optional() }),
    async run(room, who, { experiment_id, new_name }) {
      const one = await experimentOf(room, who, experiment_id);
      if (new_name === undefined) return {};
      return command(room, who, { name: 'rename-experiment', experiment: one.experiment, to: new_name });
    },
  }),
  defineRoute('POST 2.0/mlflow/experiments/delete', {
    ...write,
    summary: 'Put an experiment away, with its runs',
    request: experimentRef,
    async run(room, who, { experiment_id }) {
      const one = await experimentOf(room, who, experiment_id);
      if (one.lifecycle === 'deleted') throw noExperiment(one.experiment);
      return command(room, who, { name: 'delete-experiment', experiment: one.experiment });
    },
  }),
  defineRoute('POST 2.0/mlflow/experiments/restore', {
    ...write,
    summary: 'Bring a deleted experiment back, with its runs',
    request: experimentRef,
    async run(room, who, { experiment_id }) {
      const one = await experimentOf(room, who, experiment_id);
      if (one.lifecycle === 'active') throw noExperiment(one.experiment);
      return command(room, who, { name: 'restore-experiment', experiment: one.experiment });
    },
  }),
  defineRoute('POST 2.0/mlflow/experiments/set-experiment-tag', {
    ...write,
    summary: 'Set a tag of an experiment',
    request: experimentRef.extend({ key, value: text(TAG_VALUE).default('') }),
    async run(room, who, { experiment_id, key: tagKey, value }) {
      // Who reaches everything need not wait for the projection: the command knows whether it is there.
      const experiment = isEveryProject(who.projects)
        ? required('experiment_id', experiment_id)
        : (await experimentOf(room, who, experiment_id)).experiment;
      return command(room, who, { name: 'tag-experiment', experiment, tags: [{ key: tagKey, value }] });
    },
  }),
  defineRoute('POST 2.0/mlflow/experiments/delete-experiment-tag', {
    ...write,
    summary: 'Take a tag of an experiment away',
    request: experimentRef.extend({ key }),
    async run(room, who, { experiment_id, key: tagKey }) {
      const one = await experimentOf(room, who, experiment_id);
      if (!one.tags.some((set) => set.key === tagKey))
        throw new Fault(
          'missing',
          'MLFLOW_NO_TAG',
          `No tag with key '${tagKey}' in experiment with ID ${one.experiment}`,
        );
      return command(room, who, { name: 'untag-experiment', experiment: one.experiment, keys: [tagKey] });
    },
  }),
];
