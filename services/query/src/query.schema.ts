import { aliasName, entityId, instant, key, modelName, name, RETAINED, text } from '@runledger/contracts';
import { z } from 'zod';

/** A whole number as a query string carries it. */
const whole = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/)
    .transform(Number)
    .pipe(z.int().min(min).max(max));

const step = z
  .string()
  .regex(/^-?\d{1,19}$/)
  .transform(BigInt)
  .refine((value) => BigInt.asIntN(64, value) === value, { error: 'must fit into 64 bits' });

/** How fresh an answer must be. Every read takes these. */
/** What an example names: `examples.int.test.ts` records a run of each name, and asks for what the examples say. */
const runId = entityId.meta({ example: 'first' });
const freshness = {
  'at-least': z.string().max(65_536).optional().describe('a position token: answer once this is projected'),
  strong: z
    .enum(['true', 'false'])
    .default('false')
    .transform((text) => text === 'true')
    .describe('answer once everything acknowledged before this call is projected'),
  wait: whole(0, 30_000).default(5_000).describe('most milliseconds to wait for that; then 503 with the lag'),
};
const paging = {
  limit: whole(1, 1_000).default(100),
  page_token: z.string().max(8_192).optional().describe('nextPageToken of the page before'),
};
const lifecycle = z.enum(['active', 'deleted', 'all']).default('active');
const keys = (most: number) =>
  z
    .union([z.string(), z.array(z.string())])
    .transform((one) => [one].flat())
    .pipe(z.array(key).min(1).max(most));
const steps = {
  from: step.optional().describe('first step, inclusive'),
  to: step.optional().describe('last step, inclusive'),
};

const moment = {
  as_of: text(65_536)
    .optional()
    .describe(
      'a time as of RFC 3339, or a position token: answer what a reader would have seen then. What was recorded later is absent',
    ),
};

export const pageQuery = z.strictObject(paging);
export type PageQuery = z.output<typeof pageQuery>;
export const freshQuery = z.strictObject(freshness);
export const listQuery = z.strictObject({ ...freshness, ...paging });
export const momentQuery = z.strictObject({ ...freshness, ...moment });
export const momentListQuery = z.strictObject({ ...freshness, ...moment, ...paging });
const moments = instant.transform((time) => Date.parse(time));
export const changesQuery = z.strictObject({
  ...paging,
  subject: text(300).min(1).optional().describe('the stream, such as experiment/<id>, model/<id> or note/<run>'),
  actor: text(300).min(1).optional().describe('only what this principal did'),
  from: moments.optional().describe('first time, inclusive, as of RFC 3339'),
  to: moments.optional().describe('last time, inclusive'),
});
export type ChangesQuery = z.output<typeof changesQuery>;
export const expiredQuery = z.strictObject({
  ...freshness,
  ...paging,
  what: z.enum(RETAINED).optional().describe('only what of runs went that is of this kind'),
});
export type ExpiredQuery = z.output<typeof expiredQuery>;
export const viewsQuery = z.strictObject({ ...freshness, ...paging, experiment: entityId.meta({ example: 'mnist' }) });
export const boardQuery = z.strictObject({
  ...freshness,
  number: z.coerce.number().int().min(1).max(2_147_483_647).optional().describe('as it was saved for the n-th time'),
});
export type BoardQuery = z.output<typeof boardQuery>;
export const commentsQuery = z
  .strictObject({
    ...freshness,
    ...paging,
    run: entityId.optional(),
    metric: key.optional().describe('of the run: what is said of this chart alone'),
    model: modelName.optional(),
    version: z.coerce.number().int().min(1).max(2_147_483_647).optional().describe('of the model'),
    board: entityId.optional(),
    mentions: entityId.optional().describe('whom the comments name'),
  })
  .refine(({ run, model, board }) => [run, model, board].filter((one) => one !== undefined).length <= 1, {
    error: 'must be about a run, a model or a board, not several of them',
  })
  .refine(
    ({ run, metric, model, version }) =>
      (metric === undefined || run !== undefined) && (version === undefined || model !== undefined),
    {
      error: 'a metric is of a run, a version of a model: name that, too',
    },
  );
export type CommentsQuery = z.output<typeof commentsQuery>;
export const artifactsQuery = z.strictObject({
  ...freshness,
  ...moment,
  ...paging,
  prefix: text(1_000).optional().describe('only paths that begin so; a directory ends with /'),
});
export const experimentsQuery = z.strictObject({
  ...freshness,
  ...moment,
  ...paging,
  project: entityId.optional(),
  name: text(500).optional().describe('exactly this name'),
  lifecycle,
});
export const runsQuery = z.strictObject({
  ...freshness,
  ...moment,
  ...paging,
  experiment: entityId.optional(),
  lifecycle,
});
export const experimentRunsQuery = z.strictObject({ ...freshness, ...moment, ...paging, lifecycle });
const search = text(250).min(1).optional().describe('only names that contain this, whatever the case');
const prefix = text(250).min(1).optional().describe('only names that begin so');
export const metricsQuery = z.strictObject({
  ...freshness,
  ...moment,
  ...paging,
  key: keys(1_000).optional(),
  search,
  prefix,
});
export const metricNamesQuery = z.strictObject({
  ...freshness,
  ...paging,
  search,
  prefix,
  experiment: entityId.optional().describe('only metrics of its newest 1,000 runs'),
  project: entityId.optional().describe('only metrics of its newest 1,000 runs'),
});
export const seriesQuery = z.strictObject({
  ...freshness,
  ...moment,
  ...steps,
  key: keys(100).describe('repeat it for more metrics').meta({ example: 'loss' }),
  limit: whole(1, 10_000).default(1_000).describe('most points in the page, of all metrics together'),
  page_token: paging.page_token,
});
export const consoleQuery = z.strictObject({
  ...freshness,
  ...moment,
  limit: whole(1, 10_000).default(1_000).describe('most lines in the page'),
  page_token: paging.page_token.describe('nextPageToken of the page before, or resumeToken of any'),
  tail: z
    .enum(['true', 'false'])
    .default('false')
    .transform((text) => text === 'true')
    .describe('the last lines; each further page lies before'),
  stream: z.enum(['stdout', 'stderr']).optional(),
  writer: entityId.optional().describe('only what this process printed'),
  contains: text(200).min(1).optional().describe('only lines that hold this text, whatever the case of its letters'),
});
const idList = (most: number) =>
  z
    .union([z.string(), z.array(z.string())])
    .transform((one) => [one].flat())
    .pipe(z.array(entityId).min(1).max(most));
export const liveQuery = z.strictObject({
  run: idList(1_000)
    .optional()
    .describe('repeat it for more runs; without, all of the workspace')
    .meta({ example: 'first' }),
  experiment: entityId.optional().describe('only runs that belong to it'),
  filter: text(10_000)
    .optional()
    .describe('only runs that match when they move, as in a search; one that does not match any more is not told'),
  key: keys(100).optional().describe('tell how far these metrics have come as well'),
});
export const bucketsQuery = z.strictObject({
  ...freshness,
  ...moment,
  ...steps,
  key: keys(20).meta({ example: 'loss' }),
  buckets: whole(1, 5_000).default(500).describe('most buckets for each metric'),
});

export const lineageQuery = z.strictObject({
  ...freshness,
  ...moment,
  node: text(5_000)
    .min(3)
    .describe(
      'run:<id>, dataset:<name>/<digest> (each percent-encoded), logged-model:<id>, version:<model>/<number>, artifact:<digest> or external:<uri>',
    )
    .meta({ example: 'run:first' }),
  direction: z.enum(['upstream', 'downstream', 'both']).default('both').describe('upstream: what it was made of'),
  depth: whole(1, 20).default(3).describe('most steps away'),
});
export type LineageQuery = z.output<typeof lineageQuery>;

export const objectivesQuery = z.strictObject({
  ...freshness,
  ...paging,
  project: entityId.optional().describe('only those of this project'),
  experiment: entityId.optional().describe('only those of this experiment'),
});
export type ObjectivesQuery = z.output<typeof objectivesQuery>;
export const inventoryQuery = z.strictObject({
  ...freshness,
  ...paging,
  overdue: z
    .enum(['true', 'false'])
    .default('false')
    .transform((text) => text === 'true')
    .describe('only models whose review is overdue'),
});
export type InventoryQuery = z.output<typeof inventoryQuery>;

export type FreshQuery = z.output<typeof freshQuery>;
export type ListQuery = z.output<typeof listQuery>;
export type MomentQuery = z.output<typeof momentQuery>;
export type MomentListQuery = z.output<typeof momentListQuery>;
export type ArtifactsQuery = z.output<typeof artifactsQuery>;
export type ExperimentsQuery = z.output<typeof experimentsQuery>;
export type ExperimentRunsQuery = z.output<typeof experimentRunsQuery>;
export type RunsQuery = z.output<typeof runsQuery>;
export type ViewsQuery = z.output<typeof viewsQuery>;
export type MetricNamesQuery = z.output<typeof metricNamesQuery>;
export type MetricsQuery = z.output<typeof metricsQuery>;
export type SeriesQuery = z.output<typeof seriesQuery>;
export type ConsoleQuery = z.output<typeof consoleQuery>;
export type LiveQuery = z.output<typeof liveQuery>;
export type BucketsQuery = z.output<typeof bucketsQuery>;

export const runParams = z.strictObject({ run: runId });
export const loggedModelsQuery = z.strictObject({
  ...freshness,
  ...moment,
  ...paging,
  experiment: entityId.optional(),
  run: entityId.optional(),
});
export type LoggedModelsQuery = z.output<typeof loggedModelsQuery>;

const model = modelName.meta({ example: 'digits' });
export const modelParams = z.strictObject({ model });
export const versionParams = z.strictObject({ model, version: whole(1, 999_999_999).meta({ example: '1' }) });
export const aliasParams = z.strictObject({ model, alias: aliasName.meta({ example: 'champion' }) });
export const loggedModelParams = z.strictObject({ loggedModel: entityId.meta({ example: 'checkpoint-7' }) });
export const projectParams = z.strictObject({ project: entityId.meta({ example: 'default' }) });
export const boardParams = z.strictObject({ board: entityId.meta({ example: 'weekly' }) });
export const commentParams = z.strictObject({ comment: entityId.meta({ example: 'why-adam' }) });
export const viewParams = z.strictObject({ view: entityId.meta({ example: 'best-of-adam' }) });
export const experimentParams = z.strictObject({ experiment: entityId.meta({ example: 'mnist' }) });
export const artifactParams = z.strictObject({ run: runId, path: name(1_000).meta({ example: 'model.bin' }) });
export const objectiveParams = z.strictObject({ objective: entityId.meta({ example: 'low-loss' }) });
export const webhookParams = z.strictObject({ webhook: entityId.meta({ example: 'ci' }) });
export const pageParams = z.object({ path: z.string().optional() });
export const assetParams = z.strictObject({ path: z.string().max(200) });
