import { z } from 'zod';
import { entityId, int64, key, text } from '../names';
import { expiryAnswer } from './retention';

const pattern = text(200).min(1);
const place = z.union([int64, z.number()]);

const BUCKET_COLUMNS = ['count', 'nans', 'positiveInfs', 'negativeInfs', 'min', 'max', 'avg', 'first', 'last'] as const;

const smoothing = z
  .discriminatedUnion('method', [
    z.strictObject({ method: z.literal('ema'), weight: z.number().min(0).max(0.9999) }),
    z.strictObject({ method: z.literal('time-weighted-ema'), weight: z.number().min(0).max(0.9999) }),
    z.strictObject({ method: z.literal('running-average'), window: z.int().min(1).max(10_000) }),
  ])
  .describe(
    'of the values, or of the averages of buckets; what is not finite is left out. ema: s = w s + (1 - w) y, divided by 1 - w^n. ' +
      'time-weighted-ema: s = w^d s + y, n = w^d n + 1, s / n, where d is the distance on the axis in mean distances. ' +
      'running-average: mean of the last `window` values',
  );

const groupBy = z
  .union([z.strictObject({ param: key }), z.strictObject({ tag: key }), z.enum(['experiment', 'run'])])
  .describe(
    'draw runs with the same value as one curve: statistics over their averages in each bucket. ' +
      'run, with `writers: each`: the spread across the writers (ranks) of each run',
  );

export const curvesBody = z
  .strictObject({
    runs: z.array(entityId).min(1).max(10_000),
    keys: z
      .array(
        z.union([
          key,
          z.strictObject({ glob: pattern.describe('* and ? within a segment between slashes, ** over all') }),
          z.strictObject({ regex: pattern.describe('RE2; matches somewhere in the name') }),
        ]),
      )
      .min(1)
      .max(100),
    x: z
      .union([z.enum(['step', 'time', 'relative-time']), z.strictObject({ metric: key })])
      .default('step')
      .describe(
        'time: ms since 1970. relative-time: ms since the start of each run. metric: its finite value at that step, or last before it',
      ),
    from: place.optional().describe('first place on the axis, inclusive'),
    to: place.optional().describe('last place on the axis, inclusive'),
    buckets: z
      .int()
      .min(1)
      .max(5_000)
      .default(500)
      .describe(
        'most buckets; a curve with no more points is answered as points. On steps, where buckets are made of rolled ones, there may be half as many',
      ),
    segments: z
      .enum(['effective', 'all'])
      .default('effective')
      .describe(
        'effective: without the points that a process logged at steps which a later process of the same run logged anew; all: with them',
      ),
    writers: z
      .enum(['merged', 'each'])
      .default('merged')
      .describe('each: a curve for each writer (process, rank) of a run, of its own points'),
    inherited: z
      .boolean()
      .default(true)
      .describe('whether a run that was forked begins with the points of the other one, up to the step of the fork'),
    ends: z
      .enum(['exact', 'whole'])
      .default('exact')
      .describe(
        'whole: on steps, where buckets are made of rolled ones (of 128, 512 or 32,768 steps), the range is widened to whole ones, less than a bucket; ' +
          'no point is read for its ends. The answer tells its range',
      ),
    columns: z
      .array(z.enum(BUCKET_COLUMNS))
      .min(1)
      .default([...BUCKET_COLUMNS]),
    smoothing: smoothing.optional(),
    format: z
      .enum(['json', 'arrow'])
      .default('json')
      .describe(
        'arrow: the same as one table in the stream format of Arrow IPC, a row for each bucket or point; the range and the width are in the header runledger-range',
      ),
    groupBy: groupBy.optional(),
    quantiles: z.array(z.number().min(0).max(1)).max(9).default([0.25, 0.5, 0.75]).describe('of groups; exact'),
  })
  .meta({
    example: {
      runs: ['first', 'second'],
      keys: ['loss', { glob: 'val/*' }],
      x: 'step',
      buckets: 100,
      columns: ['min', 'max', 'avg'],
      smoothing: { method: 'ema', weight: 0.6 },
    },
  });
export type CurvesBody = z.output<typeof curvesBody>;
export type CurvesQuestion = z.input<typeof curvesBody>;

const count = z.int().min(0);
const double = z.union([z.number(), z.enum(['NaN', 'Infinity', '-Infinity'])]);
const x = z.union([int64, z.number()]).describe('int64 on steps and times, a number on a metric');
const finite = z.array(z.number().nullable());
const column = z.array(count).optional();
const ofFinite = finite.optional().describe('of the finite values; null without any');
const named = {
  run: z.string(),
  writer: z.string().optional().describe('with `writers: each`; empty for points without one'),
  key: z.string(),
  points: count.describe('in the range'),
};
const smooth = finite.optional();

export const curvesAnswer = z.strictObject({
  from: x.nullable(),
  to: x.nullable(),
  width: x.nullable().describe('of a bucket; null where there are no points at all'),
  expired: z.array(expiryAnswer).optional().describe('there where points of some of the runs have expired'),
  curves: z.array(
    z.discriminatedUnion('kind', [
      z.strictObject({
        kind: z.literal('points'),
        ...named,
        x: z.array(x),
        steps: z.array(int64),
        times: z.array(int64),
        values: z.array(double),
        smooth,
      }),
      z.strictObject({
        kind: z.literal('buckets'),
        ...named,
        x: z.array(x).describe('first place of each bucket that is not empty'),
        count: column,
        nans: column,
        positiveInfs: column,
        negativeInfs: column,
        min: ofFinite,
        max: ofFinite,
        avg: finite
          .optional()
          .describe(
            'of the finite values; null without any. Up to rounding: threads add the values up as they come to them',
          ),
        first: ofFinite,
        last: ofFinite,
        smooth,
      }),
    ]),
  ),
  groups: z.array(
    z.strictObject({
      value: z.string().nullable().describe('what its runs share; null for those without'),
      key: z.string(),
      runs: z.array(z.string()),
      x: z.array(x),
      count: z.array(count).describe('runs with a finite value in the bucket'),
      mean: z.array(z.number()),
      min: z.array(z.number()),
      max: z.array(z.number()),
      std: z.array(z.number()).describe('of the sample; 0 for one run'),
      quantiles: z.array(z.array(z.number())).describe('one column for each quantile asked for'),
      smooth,
    }),
  ),
  missing: z.array(z.string()).describe('runs that are not there'),
});
export type CurvesAnswer = z.output<typeof curvesAnswer>;
