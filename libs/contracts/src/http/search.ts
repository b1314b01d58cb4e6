import { z } from 'zod';
import { entityId, int64, key, text } from '../names';
import { run } from './answers';

const keysAsked = z.union([z.literal('all'), z.array(key).max(1_000)]);
const ids = z.array(entityId).max(1_000);

/** Which runs: what every search of them may say. */
const runScope = {
  filter: text(100_000)
    .default('')
    .describe(
      "comparisons of metrics.<key> (also .min, .max, .last), params.<key>, tags.<key>, datasets.name/digest/context, links.kind/uri/external_id/version and attributes, joined by AND, OR, NOT and parentheses: metrics.loss < 0.5 AND params.opt = 'adam'",
    ),
  experiments: ids.optional().describe('only runs of these; of the whole workspace when absent'),
  projects: ids.optional().describe('only runs of these'),
  lifecycle: z.enum(['active', 'deleted', 'all']).default('active'),
};

export const searchBody = z
  .strictObject({
    ...runScope,
    orderBy: z
      .array(text(1_000))
      .max(10)
      .default([])
      .describe(
        'fields, each with ASC or DESC: values first, then NaN, then what is missing. Newest start first when empty',
      ),
    columns: z
      .strictObject({
        params: keysAsked.optional(),
        tags: keysAsked.optional(),
        metrics: keysAsked.optional(),
        inputs: z.boolean().default(false),
      })
      .default({ inputs: false })
      .describe("which params, tags and metrics to answer with each run: none, 'all', or these"),
    limit: z.int().min(1).max(1_000).default(100),
    pageToken: z.string().max(65_536).optional().describe('nextPageToken of the page before, with all else the same'),
    count: z.boolean().default(false).describe('count all runs that match, not only those of the page'),
  })
  .meta({
    example: {
      filter: "metrics.loss.min < 0.5 AND (params.opt = 'adam' OR tags.team RLIKE '^vis')",
      orderBy: ['metrics.acc DESC', 'params.lr'],
      columns: { params: ['opt', 'lr'], metrics: ['loss', 'acc'] },
      limit: 50,
    },
  });
export type SearchBody = z.output<typeof searchBody>;
export type SearchQuestion = z.input<typeof searchBody>;

const double = z.union([z.number(), z.enum(['NaN', 'Infinity', '-Infinity'])]);
const tag = z.strictObject({ key: z.string(), value: z.string() });

export const searchAnswer = z.strictObject({
  runs: z.array(
    run.extend({
      params: z.array(z.strictObject({ key: z.string(), value: z.union([z.string(), z.number(), z.boolean()]) })),
      tags: z.array(tag),
      metrics: z.array(
        z.strictObject({
          key: z.string(),
          value: double.describe('at the greatest step, time and value'),
          step: int64,
          time: int64,
          last: double.describe('the end of the curve'),
          min: double.describe('of any point; NaN where all of them are'),
          max: double,
        }),
      ),
      inputs: z.array(
        z.strictObject({ name: z.string(), digest: z.string(), context: z.string(), tags: z.array(tag) }),
      ),
    }),
  ),
  count: z.int().min(0).nullable().describe('null unless it was asked for'),
  nextPageToken: z.string().nullable().describe('null on the last page'),
});

export const facetsBody = z
  .strictObject(runScope)
  .meta({ example: { filter: "tags.team = 'vision'", experiments: ['first'] } });

export type FacetsBody = z.output<typeof facetsBody>;

const count = z.int().min(0);
const limit = z.number().nullable();
const values = z
  .array(z.strictObject({ value: z.string(), runs: count }))
  .describe('the most frequent, at most 20, cut at 200 characters');
const textFacet = z.strictObject({
  key: z.string(),
  runs: count.describe('that have it'),
  distinct: count.describe('values'),
  varies: z.boolean().describe('between the runs, or from those that have it to those that do not'),
  min: limit.describe('of the values that are numbers; null where there are none'),
  max: limit,
  values,
});
export const facetsAnswer = z.strictObject({
  runs: count.describe('that were looked at'),
  complete: z.boolean().describe('false when more match: those looked at are the newest'),
  experiments: values,
  statuses: values,
  params: z.array(textFacet),
  tags: z.array(textFacet),
  metrics: z.array(
    z.strictObject({
      key: z.string(),
      runs: count,
      nans: count.describe('runs whose latest value is NaN'),
      min: double.nullable().describe('of the latest values but NaN'),
      max: double.nullable(),
    }),
  ),
});

export const metricNamesAnswer = z.strictObject({
  names: z.array(z.string()),
  nextPageToken: z.string().nullable().describe('null on the last page'),
});
export type SearchAnswer = z.output<typeof searchAnswer>;
export type MetricNamesAnswer = z.output<typeof metricNamesAnswer>;
export type FacetsAnswer = z.output<typeof facetsAnswer>;
