import { z } from 'zod';
import { aliasName, entityId, isKey, key, name, text, versionNumber } from './names';

/** Which value of a metric an objective looks at; as the filter says it. */
export const OBJECTIVE_AGGREGATES = ['latest', 'last', 'min', 'max'] as const;
export type ObjectiveAggregate = (typeof OBJECTIVE_AGGREGATES)[number];
export const OBJECTIVE_COMPARISONS = ['<', '<=', '>', '>='] as const;
export type ObjectiveComparison = (typeof OBJECTIVE_COMPARISONS)[number];

/** The runs that an objective is for. */
export const objectiveScope = z.strictObject({ kind: z.enum(['project', 'experiment']), id: entityId });
export type ObjectiveScope = z.output<typeof objectiveScope>;

const definition = z.strictObject({
  name: name(200),
  metric: key,
  aggregate: z.enum(OBJECTIVE_AGGREGATES),
  comparison: z.enum(OBJECTIVE_COMPARISONS),
  threshold: z.number(),
  /** Digest of a data set that a run must have used. */
  dataset: text(500).min(1).optional(),
  /** A part of the data, whose metrics are logged below its name: `night/accuracy`. */
  slice: name(200).optional(),
});
export type ObjectiveDefinition = z.output<typeof definition>;
export const objectiveDefinition = definition.refine((d) => isKey(measuredKey(d)), {
  path: ['slice'],
  error: 'must leave room for the metric: the two and a slash are a key of at most 250 characters',
});
/** Its members, for shapes that hold more than them. */
export const objectiveMembers = definition.shape;

/** The metric that an objective reads. */
export const measuredKey = ({ metric, slice }: Pick<ObjectiveDefinition, 'metric' | 'slice'>): string =>
  slice === undefined ? metric : `${slice}/${metric}`;

export const GATED_STAGES = ['Staging', 'Production'] as const;
/** Where a version is promoted to. */
export const gateTarget = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('alias'), name: aliasName.min(1) }),
  z.strictObject({ kind: z.literal('stage'), name: z.enum(GATED_STAGES) }),
]);
export type GateTarget = z.output<typeof gateTarget>;

const distinct = <T>(items: readonly T[]): boolean => new Set(items).size === items.length;
/** What a promotion needs. */
export const gateNeeds = {
  objectives: z.array(entityId).max(50).refine(distinct, { error: 'must name each objective once' }),
  approvals: z
    .array(z.strictObject({ meaning: name(200), persons: z.int().min(1).max(20) }))
    .max(20)
    .refine((list) => distinct(list.map(({ meaning }) => meaning)), { error: 'must name each meaning once' }),
  /** Whether only objectives count that were defined before the run began. */
  before: z.boolean(),
};

/** A double in JSON; NaN and the infinities are strings. */
export const jsonDouble = z.union([z.number(), z.enum(['NaN', 'Infinity', '-Infinity'])]);
export type JsonDouble = z.output<typeof jsonDouble>;
export const toJsonDouble = (value: number): JsonDouble =>
  Number.isFinite(value) ? value : (String(value) as 'NaN' | 'Infinity' | '-Infinity');

/** What an objective came to for a run. */
export const objectiveResult = z.strictObject({
  objective: entityId,
  number: z.int().min(1).describe('which definition of it'),
  name: z.string(),
  outcome: z.enum(['met', 'missed', 'no value']),
  value: jsonDouble.nullable(),
  missedBy: jsonDouble.nullable(),
  reason: z.string().nullable().describe('why there is no value'),
  afterStart: z.boolean().describe('it was defined after the run began'),
});
export type ObjectiveResult = z.output<typeof objectiveResult>;

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const counted = z.strictObject({ count: z.int().min(0), digest: sha256 });
/** What was known of a version at a position; `digest` is of the rest without the position, in canonical JSON. */
export const evidence = z.strictObject({
  digest: sha256,
  position: z.string(),
  version: z.strictObject({
    digest: sha256.describe('of what is said of the version'),
    changes: z.int().min(0).describe('how often that was changed'),
  }),
  run: z.strictObject({ run: entityId, facts: counted, metrics: counted }).nullable(),
  results: z.array(objectiveResult).max(500),
});
export type Evidence = z.output<typeof evidence>;

export const evidenceDigest = sha256;
export const approvalMeaning = name(200);
export const printedName = name(200);

/** Of a model in the inventory. Owner and validator are people or teams, as they are to be printed. */
export const inventoryMembers = {
  owner: text(200),
  tier: text(50),
  validator: text(200),
  purpose: text(10_000),
  reviewBy: z.iso.date().nullable(),
};
export const ofVersion = { model: entityId, version: versionNumber };
