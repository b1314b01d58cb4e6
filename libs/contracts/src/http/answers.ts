import { z } from 'zod';
import { int64 } from '../names';
import { expiryAnswer } from './retention';

const count = z.int().min(0);
export const time = z.string().describe('RFC 3339');
/** Recorded by the log; `late`: after the run's finish was recorded. */
const recorded = { recordedAt: time, late: z.boolean() };
const text = z.string().nullable();
export const tag = z.strictObject({ key: z.string(), value: z.string() });
/** A double; NaN and the infinities are strings. */
export const double = z.union([z.number(), z.enum(['NaN', 'Infinity', '-Infinity'])]);
export const page = <S extends z.ZodRawShape>(shape: S) =>
  z.strictObject({ ...shape, nextPageToken: z.string().nullable().describe('null on the last page') });

export const projectAnswer = z.strictObject({
  project: z.string(),
  name: z.string(),
  description: z.string(),
  createdAt: time.nullable(),
  updatedAt: time,
});
export const projectsAnswer = page({ projects: z.array(projectAnswer) });
export type ProjectsAnswer = z.output<typeof projectsAnswer>;

export const experimentAnswer = z.strictObject({
  experiment: z.string(),
  project: z.string(),
  name: z.string(),
  lifecycle: z.enum(['active', 'deleted']),
  tags: z.array(tag),
  createdAt: time.nullable(),
  updatedAt: time,
});
export const experimentsAnswer = page({ experiments: z.array(experimentAnswer) });

export const run = z.strictObject({
  run: z.string(),
  project: z.string(),
  experiment: text.describe('null until the run is announced'),
  name: text,
  description: text,
  status: z.enum(['unannounced', 'scheduled', 'running', 'finished', 'failed', 'killed']),
  lifecycle: z.enum(['active', 'deleted']),
  startedAt: time.nullable(),
  finishedAt: time.nullable(),
  message: text,
  parent: text,
  fork: z.strictObject({ run: z.string(), step: int64 }).nullable(),
  firstSeenAt: time.nullable().describe('null while nothing but metrics is known of it'),
  updatedAt: time.nullable(),
});
export const runsAnswer = page({ runs: z.array(run) });

const param = z.strictObject({
  key: z.string(),
  value: z.union([z.string(), z.number(), z.boolean()]),
  ...recorded,
});
const runTag = z.strictObject({ key: z.string(), value: z.string(), ...recorded });
const input = z.strictObject({
  name: z.string(),
  digest: z.string(),
  context: z.string(),
  source: text,
  sourceType: text,
  schema: text,
  profile: text,
  tags: z.array(tag),
  ...recorded,
});
export const link = z.strictObject({ kind: z.string(), uri: z.string(), externalId: text, version: text });
const artifact = z.strictObject({
  path: z.string(),
  digest: z.string(),
  size: count,
  mediaType: z.string(),
  ...recorded,
});
export const paramsAnswer = page({ run: z.string(), params: z.array(param) });
export const tagsAnswer = page({ run: z.string(), tags: z.array(runTag) });
export const inputsAnswer = page({ run: z.string(), inputs: z.array(input) });
export const artifactsAnswer = page({ run: z.string(), artifacts: z.array(artifact) });

export const runAnswer = run.extend({
  fingerprint: text.describe('the same for runs of the same params, code and data; null where it cannot be told'),
  sameAs: z.array(z.string()).describe('other runs of this fingerprint, the first of them first; at most 100'),
  params: z.array(param),
  tags: z.array(runTag),
  inputs: z.array(input),
  links: z.array(link.extend(recorded)),
  artifacts: z.array(artifact),
  code: z
    .strictObject({
      repository: text,
      commit: text,
      branch: text,
      dirty: z.boolean().nullable(),
      diffDigest: text,
      entrypoint: text,
      recordedAt: time,
    })
    .nullable(),
  environment: z
    .strictObject({
      host: text,
      os: text,
      runtime: text,
      command: text,
      cpus: count.nullable(),
      memoryBytes: count.nullable(),
      accelerators: z.array(z.string()),
      packages: z.array(z.strictObject({ name: z.string(), version: z.string() })),
      recordedAt: time,
    })
    .nullable(),
  conflicts: z.array(
    z.strictObject({
      kind: z.enum(['param', 'start', 'event', 'sequence']),
      name: z.string(),
      event: z.string(),
      value: z.unknown(),
      recordedAt: time,
    }),
  ),
  deleted: z
    .strictObject({
      by: text.describe('the actor'),
      at: time,
      event: z
        .string()
        .nullable()
        .describe('whose proof /api/v1/proofs/event/<id> gives; null until the ledger has it'),
    })
    .nullable()
    .describe('who deleted it and when; null where it is active'),
  expired: z.array(expiryAnswer).describe('what of it has expired, whatever moment is asked for'),
  truncated: z
    .array(z.enum(['params', 'tags', 'inputs', 'links', 'artifacts', 'conflicts']))
    .describe('lists that are longer than what is shown; read them page by page'),
});

const changedMembers = z.record(z.string(), z.unknown()).nullable();
export const runHistoryAnswer = page({
  run: z.string(),
  changes: z.array(
    z.strictObject({
      kind: z.enum(['run', 'tag', 'artifact', 'code', 'environment']),
      name: z.string().describe('of the tag, or the path of the artifact; empty for the others'),
      recordedAt: time,
      actor: z.string(),
      before: changedMembers.describe('null: it was not there'),
      after: changedMembers.describe('null: it was taken away'),
    }),
  ),
});

const sequences = z.strictObject({ first: count, last: count });
const receipt = z.strictObject({
  topic: z.enum(['runs', 'metrics', 'console']),
  writer: z.string(),
  sent: count.nullable().describe('batches; null until the writer has closed'),
  sentPoints: count.nullable().describe('null until the writer has closed'),
  stored: count.describe('batches'),
  points: count.describe('points stored; 0 for topics that have none'),
  missing: count.describe('batches known to be sent and not stored'),
  gaps: z.array(sequences).max(100),
});
export const receiptsAnswer = page({ run: z.string(), receipts: z.array(receipt) });
export const gapsAnswer = page({
  receipts: z.array(receipt.extend({ run: z.string(), name: z.string().nullable() })),
});
export const writersAnswer = z.strictObject({
  run: z.string(),
  writers: z
    .array(
      z.strictObject({
        writer: z.string().describe('empty for points without a writer'),
        points: count.describe('stored rows'),
        firstStep: int64,
        lastStep: int64.describe('the greatest'),
        firstTime: int64.describe('ms since 1970, as the client said'),
        lastTime: int64,
        supersededFrom: int64
          .nullable()
          .describe(
            'a later process began anew at this step; from it on, points of this one are shown on request only',
          ),
        supersededBy: z.array(z.string()).describe('the writers that did'),
        stepsBehind: int64
          .describe('of those that are not superseded, the one that has come furthest is 0; null of the others')
          .nullable(),
        msBehind: int64.nullable().describe('likewise, by the time of the last point'),
      }),
    )
    .describe('segments and ranks, by their first points'),
  forks: z
    .array(z.strictObject({ run: z.string(), step: int64.describe('the last one that is inherited from it') }))
    .describe('the runs that this one goes on from, the nearest first'),
});
export const positionsAnswer = z.strictObject({
  incarnation: z.string(),
  lag: count.describe('records that are in the log and not projected'),
  positions: z.array(
    z.strictObject({
      group: z.string(),
      topic: z.string(),
      partition: count,
      nextOffset: count,
      end: count,
      lag: count,
    }),
  ),
  journal: z.strictObject({ decided: count, relayed: count, applied: count }),
});
const expired = expiryAnswer.optional().describe('there where the points of the run have expired');
export const metricsAnswer = page({
  run: z.string(),
  expired: expired.describe(
    'as of a moment, where the points of the run have expired: metrics that went on after it cannot be told any more',
  ),
  metrics: z.array(z.strictObject({ key: z.string(), step: int64, time: int64, value: double, points: count })),
});
export const seriesAnswer = page({
  run: z.string(),
  expired,
  series: z.array(
    z.strictObject({
      key: z.string(),
      steps: z.array(int64),
      times: z.array(int64).describe('ms since 1970, as the client said'),
      values: z.array(double),
      writers: z.array(z.string()).describe('names; the empty one stands for points without a writer'),
      writer: z.array(count).describe('index into writers, for each point'),
    }),
  ),
});
export const consoleAnswer = page({
  run: z.string(),
  lines: z.array(
    z.strictObject({
      stream: z.enum(['stdout', 'stderr']),
      writer: z.string().describe('empty for lines without a writer'),
      number: count.describe('of the line in its stream of its writer, from 0'),
      time: z.string().describe('RFC 3339, as the client said'),
      text: z.string(),
    }),
  ),
  resumeToken: z
    .string()
    .nullable()
    .describe('page_token for the lines behind the last one shown, without tail; null without any'),
});
const finite = z.number().nullable().describe('of the finite values; null without any');
export const bucketsAnswer = z.strictObject({
  run: z.string(),
  expired,
  from: int64.nullable(),
  to: int64.nullable(),
  series: z.array(
    z.strictObject({
      key: z.string(),
      width: int64,
      buckets: z.array(
        z.strictObject({
          from: int64,
          to: int64,
          count,
          nans: count,
          positiveInfs: count,
          negativeInfs: count,
          min: finite,
          max: finite,
          avg: finite,
          first: finite,
          last: finite,
        }),
      ),
    }),
  ),
});

export type ExperimentAnswer = z.output<typeof experimentAnswer>;
export type ExperimentsAnswer = z.output<typeof experimentsAnswer>;
export type RunsAnswer = z.output<typeof runsAnswer>;
export type ParamsAnswer = z.output<typeof paramsAnswer>;
export type RunHistoryAnswer = z.output<typeof runHistoryAnswer>;
export type RunAnswer = z.output<typeof runAnswer>;
export type ConsoleAnswer = z.output<typeof consoleAnswer>;
export type ArtifactsAnswer = z.output<typeof artifactsAnswer>;
export type WritersAnswer = z.output<typeof writersAnswer>;
export type ReceiptsAnswer = z.output<typeof receiptsAnswer>;
export type GapsAnswer = z.output<typeof gapsAnswer>;
export type PositionsAnswer = z.output<typeof positionsAnswer>;
export type MetricsAnswer = z.output<typeof metricsAnswer>;
