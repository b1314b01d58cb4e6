import type { CodeRow, EnvironmentRow, Link, Mark, RunRow, RunStatus, Tag } from '@runledger/contracts';
import { EntitySchema, type EntitySchemaColumnOptions } from 'typeorm';

const safeInteger = {
  to: (value: unknown) => value,
  from: (value: string | null) => (value === null ? null : Number(value)),
};
const instant = {
  to: (value: unknown) => value,
  from: (value: Date | null) => value?.getTime() ?? null,
};

const text: EntitySchemaColumnOptions = { type: 'text', nullable: true };
const json: EntitySchemaColumnOptions = { type: 'jsonb' };
const flag: EntitySchemaColumnOptions = { type: 'boolean', nullable: true };
const key: EntitySchemaColumnOptions = { type: 'text', primary: true };
const named = (name: string, options: EntitySchemaColumnOptions): EntitySchemaColumnOptions => ({ ...options, name });
const int = (name: string): EntitySchemaColumnOptions => ({
  type: 'bigint',
  name,
  transformer: safeInteger,
  nullable: true,
});
/** ms since 1970 */
const time = (name: string): EntitySchemaColumnOptions => ({
  type: 'timestamptz',
  name,
  transformer: instant,
  nullable: true,
});

/** Where a version began, and who made it. */
export type Since = Readonly<{ offset: number; ordinal: number; recordedAt: number; actor: string }>;
const since = {
  offset: { ...int('from_off'), primary: true },
  ordinal: { type: 'int', name: 'from_ord', primary: true },
  recordedAt: time('from_time'),
  actor: { type: 'text', name: 'from_actor' },
} as const satisfies Record<string, EntitySchemaColumnOptions>;
const end = { endOffset: int('to_off') };
/** Null in the current version. */
type End = Readonly<{ endOffset: number | null }>;

type OfRun = Readonly<{ workspace: string; run: string }>;
const ofRun = { workspace: key, run: key };

export type ExperimentEntity = Since &
  End &
  Readonly<{
    workspace: string;
    experiment: string;
    project: string;
    name: string;
    lifecycle: 'active' | 'deleted';
    tags: readonly Tag[];
    createdAt: number | null;
    createdSeq: number;
    seq: number;
  }>;
export const experimentEntity = new EntitySchema<ExperimentEntity>({
  name: 'experiment',
  schema: 'read',
  columns: {
    workspace: key,
    experiment: key,
    project: text,
    name: text,
    lifecycle: text,
    tags: json,
    createdAt: time('created_at'),
    createdSeq: int('created_seq'),
    seq: int('seq'),
    ...since,
    ...end,
  },
});

export type RunEntity = OfRun &
  Since &
  End &
  Omit<RunRow, 'first' | 'finish'> &
  Readonly<{
    status: RunStatus;
    firstTime: number;
    finishOffset: number | null;
    finishOrdinal: number | null;
    finishTime: number | null;
    sortAt: number;
  }>;
export const runEntity = new EntitySchema<RunEntity>({
  name: 'run',
  schema: 'read',
  columns: {
    ...ofRun,
    project: text,
    experiment: text,
    name: text,
    description: text,
    status: text,
    lifecycle: text,
    startedAt: time('started_at'),
    finishedAt: time('finished_at'),
    message: text,
    parent: text,
    forkRun: named('fork_run', text),
    forkStep: { type: 'bigint', name: 'fork_step', nullable: true },
    firstTime: time('first_time'),
    finishOffset: int('finish_off'),
    finishOrdinal: int('finish_ord'),
    finishTime: time('finish_time'),
    sortAt: time('sort_at'),
    ...since,
    ...end,
  },
});

export type ParamEntity = OfRun &
  Since &
  Readonly<{ key: string; kind: 'text' | 'number' | 'boolean'; value: string; number: number | null }>;
export const paramEntity = new EntitySchema<ParamEntity>({
  name: 'run_param',
  schema: 'read',
  columns: { ...ofRun, key, kind: text, value: text, number: { type: 'float8', nullable: true }, ...since },
});

export type TagEntity = OfRun & Since & End & Readonly<{ key: string; value: string }>;
export const tagEntity = new EntitySchema<TagEntity>({
  name: 'run_tag',
  schema: 'read',
  columns: { ...ofRun, key, value: text, ...since, ...end },
});

export type InputEntity = OfRun &
  Since &
  Readonly<{
    identity: Buffer;
    name: string;
    digest: string;
    context: string;
    source: string | null;
    sourceType: string | null;
    schema: string | null;
    profile: string | null;
    tags: readonly Tag[];
  }>;
export const inputEntity = new EntitySchema<InputEntity>({
  name: 'run_input',
  schema: 'read',
  columns: {
    ...ofRun,
    identity: { type: 'bytea', primary: true },
    name: text,
    digest: text,
    context: text,
    source: text,
    sourceType: named('source_type', text),
    schema: text,
    profile: text,
    tags: json,
    ...since,
  },
});

export type LinkEntity = OfRun & Since & Link & Readonly<{ identity: Buffer }>;
export const linkEntity = new EntitySchema<LinkEntity>({
  name: 'run_link',
  schema: 'read',
  columns: {
    ...ofRun,
    identity: { type: 'bytea', primary: true },
    kind: text,
    uri: text,
    externalId: named('external_id', text),
    version: text,
    ...since,
  },
});

export type ArtifactEntity = OfRun &
  Since &
  End &
  Readonly<{ path: string; digest: string; size: number; mediaType: string }>;
export const artifactEntity = new EntitySchema<ArtifactEntity>({
  name: 'run_artifact',
  schema: 'read',
  columns: {
    ...ofRun,
    path: text,
    digest: text,
    size: int('size'),
    mediaType: named('media_type', text),
    ...since,
    ...end,
  },
});

export type CodeEntity = OfRun & Since & End & CodeRow;
export const codeEntity = new EntitySchema<CodeEntity>({
  name: 'run_code',
  schema: 'read',
  columns: {
    ...ofRun,
    repository: text,
    commit: text,
    branch: text,
    dirty: flag,
    diffDigest: named('diff_digest', text),
    entrypoint: text,
    ...since,
    ...end,
  },
});

export type EnvironmentEntity = OfRun & Since & End & EnvironmentRow;
export const environmentEntity = new EntitySchema<EnvironmentEntity>({
  name: 'run_environment',
  schema: 'read',
  columns: {
    ...ofRun,
    host: text,
    os: text,
    runtime: text,
    command: text,
    cpus: int('cpus'),
    memoryBytes: int('memory_bytes'),
    accelerators: json,
    packages: json,
    ...since,
    ...end,
  },
});

export type ConflictEntity = OfRun &
  Readonly<{
    kind: 'param' | 'start' | 'event' | 'sequence';
    name: string;
    offset: number;
    ordinal: number;
    item: number;
    event: string;
    digest: Buffer;
    value: unknown;
    recordedAt: number;
    actor: string;
  }>;
export const conflictEntity = new EntitySchema<ConflictEntity>({
  name: 'conflict',
  schema: 'read',
  columns: {
    ...ofRun,
    kind: text,
    name: text,
    offset: int('off'),
    ordinal: { type: 'int', name: 'ord' },
    item: { type: 'int', primary: true },
    event: key,
    digest: { type: 'bytea', primary: true },
    value: json,
    recordedAt: time('time'),
    actor: text,
  },
});

/** Whether something was recorded after the finish that counts, in the order of the log. */
export const isLate = (finish: Mark | null, since: Pick<Since, 'offset' | 'ordinal'>): boolean =>
  finish !== null &&
  (since.offset > finish.offset || (since.offset === finish.offset && since.ordinal > finish.ordinal));

export const READ_ENTITIES = [
  experimentEntity,
  runEntity,
  paramEntity,
  tagEntity,
  inputEntity,
  linkEntity,
  artifactEntity,
  codeEntity,
  environmentEntity,
  conflictEntity,
];
