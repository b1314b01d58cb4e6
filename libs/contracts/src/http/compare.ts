import { z } from 'zod';
import { entityId, key } from '../names';
import { double, run } from './answers';

const value = z.enum(['latest', 'last', 'min', 'max']).default('latest');

export const compareBody = z
  .strictObject({
    runs: z.array(entityId).min(2).max(1_000),
    baseline: entityId.optional().describe('what the others are compared with; the first run when absent'),
    all: z.boolean().default(false).describe('also params, tags, fields, packages and inputs that do not differ'),
    metrics: z
      .union([z.literal('all'), z.array(key).max(1_000)])
      .default('all')
      .describe('which metrics to compare'),
    patches: z
      .boolean()
      .default(false)
      .describe('also how the stored patches differ from that of the baseline, of the first 20 runs'),
    importance: z.strictObject({ metric: key, value }).optional().describe('which params matter to this metric'),
  })
  .meta({
    example: {
      runs: ['first', 'second'],
      baseline: 'first',
      patches: true,
      importance: { metric: 'loss', value: 'min' },
    },
  });
export type CompareBody = z.output<typeof compareBody>;
export type CompareQuestion = z.input<typeof compareBody>;

const cell = z.union([z.string(), z.number(), z.boolean()]).nullable();
const row = z.strictObject({
  key: z.string(),
  values: z.array(cell).describe('of each run, in their order; null: it has none'),
});
const summary = { value: double, last: double, min: double, max: double };

export const compareAnswer = z.strictObject({
  runs: z.array(run).describe('in the order asked for'),
  missing: z.array(z.string()).describe('runs that are not there'),
  baseline: z.string(),
  params: z.array(row),
  tags: z.array(row),
  metrics: z.array(
    z.strictObject({
      key: z.string(),
      values: z.array(
        z
          .strictObject({
            ...summary,
            delta: z.strictObject(summary).nullable().describe('less what the baseline has; null where it has none'),
          })
          .nullable(),
      ),
    }),
  ),
  code: z.array(row).describe('repository, commit, branch, dirty, diffDigest, entrypoint'),
  environment: z.array(row).describe('host, os, runtime, command, cpus, memoryBytes, accelerators'),
  packages: z.array(row).describe('versions'),
  inputs: z
    .array(z.strictObject({ name: z.string(), context: z.string(), digests: z.array(z.array(z.string())) }))
    .describe('of each run, in their order, the digests of what it used under this name'),
  patches: z.array(
    z.strictObject({
      run: z.string(),
      digest: z.string().nullable().describe('of the uncommitted change; null without one'),
      stored: z.boolean().describe('an artifact of the run holds the patch'),
      diff: z
        .string()
        .nullable()
        .describe('unified; null where nothing differs, a patch is not stored or not text, or both are too long'),
    }),
  ),
  importance: z
    .strictObject({
      metric: z.string(),
      value: z.enum(['latest', 'last', 'min', 'max']),
      runs: z.int().describe('with a finite value of the metric'),
      methods: z.strictObject({ rankCorrelation: z.string(), importance: z.string() }),
      params: z
        .array(
          z.strictObject({
            key: z.string(),
            kind: z.enum(['number', 'category']),
            rankCorrelation: z.number().nullable(),
            importance: z.number(),
          }),
        )
        .describe('that differ, the most important first; empty with fewer than 10 runs; at most 200'),
    })
    .nullable(),
});
export type CompareAnswer = z.output<typeof compareAnswer>;
