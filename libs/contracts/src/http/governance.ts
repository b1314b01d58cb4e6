import { z } from 'zod';
import {
  evidence,
  gateNeeds,
  gateTarget,
  objectiveDefinition,
  objectiveResult,
  objectiveScope,
} from '../governance-names';
import { entityId } from '../names';
import { page, time } from './answers';

const objectiveAnswer = z.strictObject({
  objective: z.string(),
  number: z.int().min(1).describe('how often it has been defined'),
  scope: objectiveScope,
  definition: objectiveDefinition,
  definedAt: time,
  definedBy: z.string(),
});
export const objectivesAnswer = page({ objectives: z.array(objectiveAnswer) });
export const objectiveHistoryAnswer = page({
  objective: z.string(),
  history: z.array(objectiveAnswer.extend({ until: time.nullable().describe('null: it holds now') })),
});

const runResults = z.strictObject({ run: z.string(), results: z.array(objectiveResult) });
const seen = { position: z.string().describe('how far the log was seen when this was judged') };
export const runResultsAnswer = runResults.extend(seen);
export const resultsBody = z
  .strictObject({ runs: z.array(entityId).min(1).max(1_000) })
  .meta({ example: { runs: ['first', 'second'] } });
export const resultsAnswer = z.strictObject({ runs: z.array(runResults), ...seen });

const gate = z.strictObject({
  of: z.strictObject({ kind: z.enum(['model', 'project']), id: z.string() }),
  target: gateTarget,
  ...gateNeeds,
});
export const gatesAnswer = z.strictObject({ gates: z.array(gate.extend({ setAt: time, setBy: z.string() })) });

const approval = z.strictObject({
  approval: z.string(),
  meaning: z.string(),
  printedName: z.string(),
  person: z.string(),
  actor: z.string().describe('whose key it was'),
  approvedAt: time.nullable(),
  evidence,
  touched: z.array(z.string()).describe('what later events have touched of its evidence; some: it is stale'),
  withdrawn: z.strictObject({ actor: z.string(), at: time, reason: z.string() }).nullable(),
  counts: z.boolean().describe('neither withdrawn, nor stale, nor by an author'),
});
export const versionGovernanceAnswer = z.strictObject({
  model: z.string(),
  version: z.int(),
  evidence: evidence.describe('what is known now; an approval names its digest'),
  authors: z.array(z.string()).describe('who registered it and who began its run; they cannot approve it'),
  approvals: z.array(approval),
  gates: z.array(
    gate.extend({
      holds: z.boolean().describe('the version is there now'),
      passes: z.boolean(),
      missing: z.array(z.string()).describe('what it would need to pass, in words'),
    }),
  ),
});

const entry = z.strictObject({
  model: z.string(),
  owner: z.string(),
  tier: z.string(),
  validator: z.string(),
  purpose: z.string(),
  reviewBy: z.string().nullable().describe('YYYY-MM-DD'),
  overdue: z.boolean().describe('the date of the review has passed, in UTC'),
  updatedAt: time,
  updatedBy: z.string(),
});
export const inventoryAnswer = page({ models: z.array(entry) });
export const modelInventoryAnswer = z.strictObject({ entry: entry.nullable().describe('null: nobody has entered it') });

export type ObjectivesAnswer = z.output<typeof objectivesAnswer>;
export type RunResultsAnswer = z.output<typeof runResultsAnswer>;
export type ResultsAnswer = z.output<typeof resultsAnswer>;
export type ResultsBody = z.output<typeof resultsBody>;
export type VersionGovernanceAnswer = z.output<typeof versionGovernanceAnswer>;
export type GatesAnswer = z.output<typeof gatesAnswer>;
export type InventoryAnswer = z.output<typeof inventoryAnswer>;
export type ModelInventoryAnswer = z.output<typeof modelInventoryAnswer>;
