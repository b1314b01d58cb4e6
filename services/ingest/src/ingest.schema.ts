import { entityId, FACTS, instant, int64, key, MAX_POINTS_PER_BATCH } from '@runledger/contracts';
import { z } from 'zod';

const MIB = 1024 * 1024;
/** Most bytes of a body, after decompression. */
export const EVENTS_LIMIT = 8 * MIB;
export const METRICS_LIMIT = 16 * MIB;
/** Most drafts of one request. */
export const MAX_DRAFTS = 10_000;

const sequence = z.int().min(0);
const RUN_PREFIX = 'run/';

/** The stream that a fact belongs to. All facts are about runs. */
const factSubject = z
  .string()
  .refine((subject) => subject.startsWith(RUN_PREFIX) && entityId.safeParse(subject.slice(RUN_PREFIX.length)).success, {
    error: 'must be run/ and the id of a run',
  });

/** What a client says about one fact. Workspace, actor and recorded time are the server's: naming them is refused. */
export const draft = z
  .strictObject({
    id: entityId.optional(),
    type: z.string().max(100),
    subject: factSubject,
    time: instant.optional(),
    dataversion: z.int().min(1).default(1),
    data: z.unknown(),
    writer: entityId.optional(),
    sequence: sequence.optional(),
  })
  .refine(({ writer, sequence: given }) => given === undefined || writer !== undefined, {
    error: 'a sequence needs a writer',
  });
export type Draft = z.output<typeof draft>;

/** For the description of the API; drafts are read one by one, so that each bad one is named (see accept). */
export const eventsBody = z.strictObject({ events: z.array(draft).min(1).max(MAX_DRAFTS) });

/** Milliseconds since 1970, up to the year 9999. */
export const MAX_MILLIS = 253_402_300_799_999;
const millis = z.int().min(0).max(MAX_MILLIS);

/** Metrics for people: columns of numbers. Checked by hand (see read-columns), and the same by a test. */
export const columnsBody = z.strictObject({
  run: entityId,
  writer: entityId.optional(),
  sequence: sequence.optional(),
  id: entityId.optional(),
  time: z.union([millis, instant]).optional(),
  series: z
    .array(
      z.strictObject({
        key,
        steps: z.array(int64),
        values: z.array(z.union([z.number(), z.enum(['NaN', 'Infinity', '-Infinity'])])),
        times: z.array(int64).optional(),
      }),
    )
    .min(1)
    .max(MAX_POINTS_PER_BATCH),
});

export const accepted = z.strictObject({ accepted: z.int(), position: z.string() });

/** An artifact's name in its run. Opaque, and yet nothing that a client which joins it to a folder could regret. */
const artifactPath = FACTS['artifact.stored'].data.shape.path.refine(
  (path) =>
    !/[\u0000-\u001f\u007f\\]/.test(path) &&
    path.split('/').every((part) => part !== '' && part !== '.' && part !== '..'),
  { error: 'must be names with / between them, none of them . or .., without control characters and backslashes' },
);
export const artifactParams = z.strictObject({ run: entityId, path: artifactPath });
export const storedArtifact = z.strictObject({
  path: z.string(),
  digest: z.string(),
  size: z.int(),
  position: z.string(),
});

export const deletedArtifact = z.strictObject({ path: z.string(), position: z.string() });
