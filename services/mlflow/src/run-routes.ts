import { randomUUID } from 'node:crypto';
import type { Principal } from '@runledger/access';
import { entityId, key, name, text } from '@runledger/contracts';
import { Fault } from '@runledger/kernel';
import { z } from 'zod';
import { noExperiment } from './experiment-answer';
import { checkValue } from './log-data';
import type { MlflowRoom } from './mlflow-room';
import { defineRoute, type MlflowRoute } from './mlflow-route';
import { millis, runIdOf, runRef } from './request-fields';
import { RUN_COLUMNS, RUN_NAME_TAG, runAnswer, runAnswerOf, runInfoOf, tagsOf, USER_TAG } from './run-answer';
import { factRecord } from './run-facts';
import { isDeleted, noRun } from './run-gate';
import { loadRunModels } from './run-models';
import { inventRunName } from './run-names';

const PARENT_TAG = 'mlflow.parentRunId';
const MOST_TAGS = 1_000;

const tag = z.object({ key, value: text(100_000).default('') });
const createRun = z.object({
  experiment_id: z.string().default('0'),
  user_id: z.string().optional(),
  run_name: z.string().optional(),
  start_time: millis.optional(),
  tags: z.array(tag).max(MOST_TAGS).default([]),
});
type CreateRun = z.output<typeof createRun>;

/** The experiment that a new run belongs to. @throws Fault missing MLFLOW_NO_EXPERIMENT, invalid MLFLOW_EXPERIMENT_DELETED */
async function activeExperiment({ settle, metadata }: MlflowRoom, who: Principal, experiment: string) {
  const { workspace } = who;
  await settle({ workspace, uses: ['catalog'] });
  const found = await metadata.getExperiment(who, experiment);
  if (found === null) throw noExperiment(experiment);
  if (found.lifecycle === 'deleted')
    throw new Fault(
      'invalid',
      'MLFLOW_EXPERIMENT_DELETED',
      `The experiment ${experiment} must be in the 'active' state, and is deleted.`,
    );
  return found;
}

/** The name and the tag that says it are the same, whichever was given. */
function nameOf({ run_name, tags }: CreateRun): string {
  const tagged = tags.find((one) => one.key === RUN_NAME_TAG)?.value;
  if (run_name && tagged && run_name !== tagged)
    throw new Fault(
      'invalid',
      'MLFLOW_TWO_NAMES',
      `Both 'run_name' argument and 'mlflow.runName' tag are specified, but with different values (run_name='${run_name}', mlflow.runName='${tagged}').`,
    );
  return run_name || tagged || inventRunName();
}

/** The tags of a new run, one of each key, with what the other fields say. */
function tagsOfNew({ tags, user_id }: CreateRun, named: string): Array<{ key: string; value: string }> {
  const all = new Map<string, string>(user_id ? [[USER_TAG, user_id]] : []);
  for (const one of tags) all.set(one.key, one.value);
  all.set(RUN_NAME_TAG, named);
  return [...all].map(([tagKey, value]) => ({ key: tagKey, value }));
}

async function create(room: MlflowRoom, who: Principal, asked: CreateRun): Promise<object> {
  const { project, experiment } = await activeExperiment(room, who, asked.experiment_id);
  const run = randomUUID().replaceAll('-', '');
  const named = nameOf(asked);
  if (!name(500).safeParse(named).success)
    throw new Fault('invalid', 'MLFLOW_BAD_NAME', 'a run has a name of 1 to 500 characters');
  const tags = tagsOfNew(asked, named);
  for (const one of tags) checkValue(one, 'tag');
  const parent = entityId.safeParse(tags.find((one) => one.key === PARENT_TAG)?.value).data;
  const startedAt = asked.start_time || Date.now();
  const started = { project, experiment, name: named, startedAt: new Date(startedAt).toISOString(), parent };
  await room.publish([
    factRecord(who, run, [
      { type: 'run.started', data: started },
      { type: 'tags.set', data: { tags } },
    ]),
  ]);
  const record = {
    run,
    name: named,
    experiment,
    status: 'running',
    startedAt,
    finishedAt: null,
    lifecycle: 'active',
    sortAt: startedAt,
  } as const;
  return {
    run: {
      info: runInfoOf(record, tags, false),
      data: { metrics: [], params: [], tags: tagsOf(record, tags) },
      inputs: { dataset_inputs: [], model_inputs: [] },
      outputs: { model_outputs: [] },
    },
  };
}

/** A run with all that it logged. @throws Fault missing MLFLOW_NO_RUN */
async function readRun(room: MlflowRoom, who: Principal, run: string) {
  const { workspace } = who;
  await room.settle({ workspace, run, uses: ['runs', 'series', 'catalog'] });
  const [[found], models] = await Promise.all([
    room.searches.load(who, [run], RUN_COLUMNS),
    loadRunModels(room, workspace, [run]),
  ]);
  if (found === undefined) throw noRun(run);
  const experiment = found.experiment === null ? null : await room.metadata.getExperiment(who, found.experiment);
  return runAnswerOf(found, models, isDeleted({ run: found, experiment }));
}

export const RUN_ROUTES: readonly MlflowRoute[] = [
  defineRoute('POST 2.0/mlflow/runs/create', {
    permission: 'events:write',
    level: 'project',
    summary: 'Begin a run. Sent twice, it begins two',
    request: createRun,
    answer: z.object({ run: runAnswer }),
    run: create,
  }),
  defineRoute('GET 2.0/mlflow/runs/get', {
    permission: 'runs:read',
    level: 'project',
    summary: 'One run with everything that it logged, deleted or not',
    request: z.object(runRef),
    answer: z.object({ run: runAnswer }),
    run: async (room, who, asked) => ({ run: await readRun(room, who, runIdOf(asked)) }),
  }),
];
