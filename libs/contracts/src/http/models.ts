import { z } from 'zod';
import { int64, MODEL_STAGES } from '../names';
import { double, link, page, tag, time } from './answers';

const text = z.string().nullable();
const count = z.int().min(0);
const decided = { createdAt: time.nullable(), updatedAt: time };

const alias = z.strictObject({ alias: z.string(), version: count });
const model = z.strictObject({
  id: z.string().describe('stays, whatever the name is'),
  name: z.string(),
  description: z.string(),
  tags: z.array(tag),
  lastVersion: count.describe('number of the newest version, deleted or not; 0 before the first'),
  ...decided,
});
export const modelAnswer = model.extend({ aliases: z.array(alias) });
export const modelsAnswer = page({ models: z.array(modelAnswer) });

const version = z.strictObject({
  version: count,
  source: z.string(),
  location: z.string(),
  run: text,
  runLink: text,
  loggedModel: text,
  description: z.string(),
  stage: z.enum(MODEL_STAGES),
  tags: z.array(tag),
  links: z.array(link),
  createdBy: z.string(),
  ...decided,
});
export const versionAnswer = version.extend({ model: z.string(), aliases: z.array(z.string()) });
export const versionsAnswer = page({ model: z.string(), versions: z.array(versionAnswer) });

const change = {
  seq: count.describe('number of the decision in the journal'),
  since: time,
  until: time.nullable().describe('null: it holds now'),
  actor: z.string(),
};
export const modelHistoryAnswer = page({
  model: z.string(),
  history: z.array(
    z.discriminatedUnion('kind', [
      z.strictObject({
        kind: z.literal('model'),
        ...change,
        state: model.extend({ lifecycle: z.enum(['active', 'deleted']) }),
      }),
      z.strictObject({ kind: z.literal('version'), ...change, state: version }),
      z.strictObject({ kind: z.literal('alias'), ...change, state: alias }),
    ]),
  ),
});

const loggedModel = z.strictObject({
  loggedModel: z.string(),
  experiment: z.string(),
  name: z.string(),
  run: text,
  modelType: text,
  status: z.enum(['pending', 'ready', 'failed']),
  lifecycle: z.enum(['active', 'deleted']),
  params: z.array(tag),
  tags: z.array(tag),
  createdBy: z.string(),
  ...decided,
});
export const loggedModelsAnswer = page({ loggedModels: z.array(loggedModel) });
export const loggedModelAnswer = loggedModel.extend({
  metrics: z.array(
    z.strictObject({
      run: z.string(),
      key: z.string(),
      value: double,
      step: int64,
      time: int64,
      dataset: z.strictObject({ name: z.string(), digest: z.string() }).nullable(),
    }),
  ),
});
export const outputsAnswer = z.strictObject({
  run: z.string(),
  outputs: z.array(z.strictObject({ loggedModel: z.string(), step: int64 })),
});

export type ModelAnswer = z.output<typeof modelAnswer>;
export type ModelsAnswer = z.output<typeof modelsAnswer>;
export type VersionsAnswer = z.output<typeof versionsAnswer>;
export type ModelHistoryAnswer = z.output<typeof modelHistoryAnswer>;
