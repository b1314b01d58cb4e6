import type {
  ArtifactRecord,
  CodeRecord,
  ConflictRecord,
  EnvironmentRecord,
  ExperimentRecord,
  InputRecord,
  LinkRecord,
  ParamRecord,
  ProjectRecord,
  RunRecord,
  TagRecord,
} from '@runledger/postgres';

/** ms since 1970 as RFC 3339. */
export const at = (ms: number): string => new Date(ms).toISOString();
export const maybeAt = (ms: number | null): string | null => (ms === null ? null : at(ms));

export const projectAnswerOf = ({ id, value, since }: ProjectRecord) => ({
  project: id,
  name: value.name,
  description: value.description,
  createdAt: maybeAt(value.createdAt),
  updatedAt: at(since),
});

export const experimentAnswerOf = (e: ExperimentRecord) => ({
  experiment: e.experiment,
  project: e.project,
  name: e.name,
  lifecycle: e.lifecycle,
  tags: e.tags,
  createdAt: maybeAt(e.createdAt),
  updatedAt: at(e.updatedAt),
});

export const runAnswerOf = (r: RunRecord) => ({
  run: r.run,
  project: r.project,
  experiment: r.experiment,
  name: r.name,
  description: r.description,
  status: r.status,
  lifecycle: r.lifecycle,
  startedAt: maybeAt(r.startedAt),
  finishedAt: maybeAt(r.finishedAt),
  message: r.message,
  parent: r.parent,
  fork: r.forkRun === null || r.forkStep === null ? null : { run: r.forkRun, step: BigInt(r.forkStep) },
  firstSeenAt: maybeAt(r.firstSeenAt),
  updatedAt: maybeAt(r.updatedAt),
});

/** A param as it was logged: the store keeps all kinds as text. */
export function paramValue({
  kind,
  value,
  number,
}: Pick<ParamRecord, 'kind' | 'value' | 'number'>): string | number | boolean {
  if (kind === 'boolean') return value === 'true';
  return kind === 'number' && number !== null ? number : value;
}
export const paramAnswerOf = (p: ParamRecord) => ({
  key: p.key,
  value: paramValue(p),
  recordedAt: at(p.recordedAt),
  late: p.late,
});

export const tagAnswerOf = (t: TagRecord) => ({
  key: t.key,
  value: t.value,
  recordedAt: at(t.recordedAt),
  late: t.late,
});

export const inputAnswerOf = (i: InputRecord) => ({
  name: i.name,
  digest: i.digest,
  context: i.context,
  source: i.source,
  sourceType: i.sourceType,
  schema: i.schema,
  profile: i.profile,
  tags: i.tags,
  recordedAt: at(i.recordedAt),
  late: i.late,
});

export const linkAnswerOf = (l: LinkRecord) => ({
  kind: l.kind,
  uri: l.uri,
  externalId: l.externalId,
  version: l.version,
  recordedAt: at(l.recordedAt),
  late: l.late,
});

export const artifactAnswerOf = (a: ArtifactRecord) => ({
  path: a.path,
  digest: a.digest,
  size: a.size,
  mediaType: a.mediaType,
  recordedAt: at(a.recordedAt),
  late: a.late,
});

export const codeAnswerOf = (c: CodeRecord) => ({
  repository: c.repository,
  commit: c.commit,
  branch: c.branch,
  dirty: c.dirty,
  diffDigest: c.diffDigest,
  entrypoint: c.entrypoint,
  recordedAt: at(c.recordedAt),
});

export const environmentAnswerOf = (e: EnvironmentRecord) => ({
  host: e.host,
  os: e.os,
  runtime: e.runtime,
  command: e.command,
  cpus: e.cpus,
  memoryBytes: e.memoryBytes,
  accelerators: e.accelerators,
  packages: e.packages,
  recordedAt: at(e.recordedAt),
});

export const conflictAnswerOf = (c: ConflictRecord) => ({
  kind: c.kind,
  name: c.name,
  event: c.event,
  value: c.value,
  recordedAt: at(c.recordedAt),
});
