import {
  type ArtifactRow,
  type CodeRow,
  type EnvironmentRow,
  type FingerprintRow,
  type Mark,
  partitionOfRun,
  type RunHistories,
  type RunRow,
  type TagRow,
} from '@runledger/contracts';
import { pgTime, readNumber } from './columns';
import { column, defineHistoryTable, type HistoryTable, type Raw } from './history-table';

const readMark = (raw: Raw, prefix: string): Mark | null =>
  raw[`${prefix}_off`] === null
    ? null
    : {
        offset: Number(raw[`${prefix}_off`]),
        ordinal: Number(raw[`${prefix}_ord`]),
        time: Number(raw[`${prefix}_time`]),
      };

const run = defineHistoryTable<RunRow>({
  table: 'read.run',
  id: 'run',
  name: null,
  keyed: [column('lp', 'int8', ({ workspace, id }) => partitionOfRun('runs', workspace, id))],
  columns: [
    column('project', 'text', (r) => r.project),
    column('experiment', 'text', (r) => r.experiment),
    column('name', 'text', (r) => r.name),
    column('description', 'text', (r) => r.description),
    column('status', 'text', (r) => r.status),
    column('lifecycle', 'text', (r) => r.lifecycle),
    column('started_at', 'timestamptz', (r) => pgTime(r.startedAt)),
    column('finished_at', 'timestamptz', (r) => pgTime(r.finishedAt)),
    column('message', 'text', (r) => r.message),
    column('parent', 'text', (r) => r.parent),
    column('fork_run', 'text', (r) => r.forkRun),
    column('fork_step', 'int8', (r) => r.forkStep),
    column('first_off', 'int8', (r) => r.first.offset),
    column('first_ord', 'int8', (r) => r.first.ordinal),
    column('first_time', 'timestamptz', (r) => pgTime(r.first.time)),
    column('finish_off', 'int8', (r) => r.finish?.offset ?? null),
    column('finish_ord', 'int8', (r) => r.finish?.ordinal ?? null),
    column('finish_time', 'timestamptz', (r) => pgTime(r.finish?.time ?? null)),
  ],
  read: (raw) => ({
    project: raw['project'] as string,
    experiment: raw['experiment'] as string | null,
    name: raw['name'] as string | null,
    description: raw['description'] as string | null,
    status: raw['status'] as RunRow['status'],
    lifecycle: raw['lifecycle'] as RunRow['lifecycle'],
    startedAt: readNumber(raw['started_at']),
    finishedAt: readNumber(raw['finished_at']),
    message: raw['message'] as string | null,
    parent: raw['parent'] as string | null,
    forkRun: raw['fork_run'] as string | null,
    forkStep: raw['fork_step'] as string | null,
    first: readMark(raw, 'first') as Mark,
    finish: readMark(raw, 'finish'),
  }),
});

const tag = defineHistoryTable<TagRow>({
  table: 'read.run_tag',
  id: 'run',
  name: 'key',
  columns: [column('value', 'text', (r) => r.value)],
  read: (raw) => ({ value: raw['value'] as string }),
});

const artifact = defineHistoryTable<ArtifactRow>({
  table: 'read.run_artifact',
  id: 'run',
  name: 'path',
  sameName: 'md5(t.path) = md5(k.name) and t.path = k.name',
  columns: [
    column('digest', 'text', (r) => r.digest),
    column('size', 'int8', (r) => r.size),
    column('media_type', 'text', (r) => r.mediaType),
  ],
  read: (raw) => ({
    digest: raw['digest'] as string,
    size: Number(raw['size']),
    mediaType: raw['media_type'] as string,
  }),
});

const code = defineHistoryTable<CodeRow>({
  table: 'read.run_code',
  id: 'run',
  name: null,
  columns: [
    column('repository', 'text', (r) => r.repository),
    column('commit', 'text', (r) => r.commit),
    column('branch', 'text', (r) => r.branch),
    column('dirty', 'bool', (r) => r.dirty),
    column('diff_digest', 'text', (r) => r.diffDigest),
    column('entrypoint', 'text', (r) => r.entrypoint),
  ],
  read: (raw) => ({
    repository: raw['repository'] as string | null,
    commit: raw['commit'] as string | null,
    branch: raw['branch'] as string | null,
    dirty: raw['dirty'] as boolean | null,
    diffDigest: raw['diff_digest'] as string | null,
    entrypoint: raw['entrypoint'] as string | null,
  }),
});

const environment = defineHistoryTable<EnvironmentRow>({
  table: 'read.run_environment',
  id: 'run',
  name: null,
  columns: [
    column('host', 'text', (r) => r.host),
    column('os', 'text', (r) => r.os),
    column('runtime', 'text', (r) => r.runtime),
    column('command', 'text', (r) => r.command),
    column('cpus', 'int8', (r) => r.cpus),
    column('memory_bytes', 'int8', (r) => r.memoryBytes),
    column('accelerators', 'jsonb', (r) => JSON.stringify(r.accelerators)),
    column('packages', 'jsonb', (r) => JSON.stringify(r.packages)),
  ],
  read: (raw) => ({
    host: raw['host'] as string | null,
    os: raw['os'] as string | null,
    runtime: raw['runtime'] as string | null,
    command: raw['command'] as string | null,
    cpus: readNumber(raw['cpus']),
    memoryBytes: readNumber(raw['memory_bytes']),
    accelerators: raw['accelerators'] as EnvironmentRow['accelerators'],
    packages: raw['packages'] as EnvironmentRow['packages'],
  }),
});

const fingerprint = defineHistoryTable<FingerprintRow>({
  table: 'read.run_fingerprint',
  id: 'run',
  name: null,
  columns: [column('fingerprint', 'text', (r) => r.fingerprint)],
  read: (raw) => ({ fingerprint: raw['fingerprint'] as string }),
});

/** The tables of runs that have a history, by their name in the projections. */
export const RUN_TABLES: Readonly<{ [H in keyof RunHistories]: HistoryTable<RunHistories[H]> }> = {
  run,
  tag,
  artifact,
  code,
  environment,
  fingerprint,
};
