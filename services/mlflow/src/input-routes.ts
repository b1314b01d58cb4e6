import type { Principal } from '@runledger/access';
import { createTurns } from '@runledger/commands';
import { entityId, key, name, text } from '@runledger/contracts';
import { Fault } from '@runledger/kernel';
import { z } from 'zod';
import { type Named, tagFacts } from './log-data';
import type { MlflowRoom } from './mlflow-room';
import { defineRoute, type MlflowRoute } from './mlflow-route';
import { int64, runIdOf, runRef } from './request-fields';
import { factRecord, type NewFact } from './run-facts';
import { CONTEXT_TAG } from './run-models';

/** Bytes of a request that describes datasets: schemas and profiles may be long. */
const INPUTS_LIMIT = 16 * 1024 * 1024;
const HISTORY_TAG = 'mlflow.log-model.history';

const dataset = z.object({
  name: name(500),
  digest: name(200),
  source_type: text(100).optional(),
  source: text(10_000).optional(),
  schema: text(100_000).optional(),
  profile: text(100_000).optional(),
});
const datasetInput = z.object({
  dataset,
  tags: z
    .array(z.object({ key, value: text(5_000).default('') }))
    .max(100)
    .default([]),
});
const models = z
  .array(z.object({ model_id: entityId, step: int64.optional() }))
  .max(1_000)
  .default([]);
const write = { permission: 'events:write', level: 'project', answer: z.object({}) } as const;

const inputOf = ({ dataset: one, tags }: z.output<typeof datasetInput>) => ({
  name: one.name,
  digest: one.digest,
  context: tags.find((tag) => tag.key === CONTEXT_TAG)?.value ?? '',
  source: one.source,
  sourceType: one.source_type,
  schema: one.schema,
  profile: one.profile,
  tags: tags.filter((tag) => tag.key !== CONTEXT_TAG),
});

async function record(room: MlflowRoom, who: Principal, run: string, facts: readonly NewFact[]): Promise<object> {
  await room.gate.active(who, run);
  if (facts.length > 0) await room.publish([factRecord(who, run, facts)]);
  return {};
}

/** What MLflow wrote before it had logged models: a list in a tag, which grows. One after another for a run, so that none is lost here. */
const inTurn = createTurns();

function historyOf(tag: Named | undefined): unknown[] {
  if (tag === undefined) return [];
  try {
    const list: unknown = JSON.parse(tag.value);
    return Array.isArray(list) ? list : [];
  } catch {
    return []; // somebody set the tag by hand
  }
}

async function logModel(room: MlflowRoom, who: Principal, run: string, model: unknown): Promise<object> {
  return inTurn(`${who.workspace}/${run}`, async () => {
    await room.gate.active(who, run);
    const [found] = await room.searches.load(who, [run], { tags: [HISTORY_TAG] });
    const value = JSON.stringify([...historyOf(found?.tags[0]), model]);
    await room.publish([factRecord(who, run, tagFacts([{ key: HISTORY_TAG, value }]))]);
    return {};
  });
}

function readModel(json: string): unknown {
  try {
    const model: unknown = JSON.parse(json);
    if (typeof model === 'object' && model !== null && !Array.isArray(model)) return model;
  } catch {
    // said below
  }
  throw new Fault('invalid', 'MLFLOW_BAD_MODEL', 'model_json must be the JSON of a model');
}

/** What a run read and made. */
export const INPUT_ROUTES: readonly MlflowRoute[] = [
  defineRoute('POST 2.0/mlflow/runs/log-inputs', {
    ...write,
    summary: 'Record datasets and models that a run read',
    limit: INPUTS_LIMIT,
    request: z.object({ ...runRef, datasets: z.array(datasetInput).max(1_000).default([]), models }),
    async run(room, who, { datasets, models: read, ...asked }) {
      const used: NewFact[] =
        datasets.length === 0 ? [] : [{ type: 'inputs.used', data: { inputs: datasets.map(inputOf) } }];
      const models = read.map(({ model_id: loggedModel }) => ({ loggedModel }));
      const usedModels: NewFact[] = models.length === 0 ? [] : [{ type: 'models.used', data: { models } }];
      return record(room, who, runIdOf(asked), [...used, ...usedModels]);
    },
  }),
  defineRoute('POST 2.0/mlflow/runs/outputs', {
    ...write,
    summary: 'Record models that a run made',
    request: z.object({ ...runRef, models }),
    async run(room, who, { models: made, ...asked }) {
      const outputs = made.map(({ model_id: loggedModel, step = 0n }) => ({ loggedModel, step: String(step) }));
      return record(
        room,
        who,
        runIdOf(asked),
        outputs.length === 0 ? [] : [{ type: 'outputs.made', data: { outputs } }],
      );
    },
  }),
  defineRoute('POST 2.0/mlflow/runs/log-model', {
    ...write,
    summary: 'Add a model to the tag mlflow.log-model.history of a run',
    request: z.object({ ...runRef, model_json: z.string() }),
    run: async (room, who, { model_json, ...asked }) => logModel(room, who, runIdOf(asked), readModel(model_json)),
  }),
];
