import type { AliasRow, LoggedModelFileRow, LoggedModelRow, ModelRow, VersionRow } from '@runledger/contracts';
import { pgTime } from './columns';
import { decidedColumns, readDecided } from './decided-columns';
import { column, defineHistoryTable } from './history-table';

export const model = defineHistoryTable<ModelRow>({
  table: 'read.model',
  id: 'model',
  name: null,
  columns: [
    column('name', 'text', (r) => r.name),
    column('description', 'text', (r) => r.description),
    column('lifecycle', 'text', (r) => r.lifecycle),
    column('tags', 'jsonb', (r) => JSON.stringify(r.tags)),
    column('last_version', 'int8', (r) => r.lastVersion),
    column('changed_at', 'timestamptz', (r) => pgTime(r.changedAt)),
    ...decidedColumns<ModelRow>(),
  ],
  read: (raw) => ({
    name: raw['name'] as string,
    description: raw['description'] as string,
    lifecycle: raw['lifecycle'] as ModelRow['lifecycle'],
    tags: raw['tags'] as ModelRow['tags'],
    lastVersion: Number(raw['last_version']),
    changedAt: Number(raw['changed_at']),
    ...readDecided(raw),
  }),
});

export const version = defineHistoryTable<VersionRow>({
  table: 'read.model_version',
  id: 'model',
  name: 'version',
  columns: [
    column('source', 'text', (r) => r.source),
    column('location', 'text', (r) => r.location),
    column('run', 'text', (r) => r.run),
    column('run_link', 'text', (r) => r.runLink),
    column('logged_model', 'text', (r) => r.loggedModel),
    column('description', 'text', (r) => r.description),
    column('stage', 'text', (r) => r.stage),
    column('tags', 'jsonb', (r) => JSON.stringify(r.tags)),
    column('links', 'jsonb', (r) => JSON.stringify(r.links)),
    column('created_by', 'text', (r) => r.createdBy),
    column('changed_at', 'timestamptz', (r) => pgTime(r.changedAt)),
    ...decidedColumns<VersionRow>(),
  ],
  read: (raw) => ({
    source: raw['source'] as string,
    location: raw['location'] as string,
    run: raw['run'] as string | null,
    runLink: raw['run_link'] as string | null,
    loggedModel: raw['logged_model'] as string | null,
    description: raw['description'] as string,
    stage: raw['stage'] as VersionRow['stage'],
    tags: raw['tags'] as VersionRow['tags'],
    links: raw['links'] as VersionRow['links'],
    createdBy: raw['created_by'] as string,
    changedAt: Number(raw['changed_at']),
    ...readDecided(raw),
  }),
});

export const alias = defineHistoryTable<AliasRow>({
  table: 'read.model_alias',
  id: 'model',
  name: 'alias',
  columns: [column('version', 'int8', (r) => r.version), ...decidedColumns<AliasRow>()],
  read: (raw) => ({
    version: Number(raw['version']),
    ...readDecided(raw),
  }),
});

export const loggedModel = defineHistoryTable<LoggedModelRow>({
  table: 'read.logged_model',
  id: 'logged_model',
  name: null,
  columns: [
    column('experiment', 'text', (r) => r.experiment),
    column('name', 'text', (r) => r.name),
    column('run', 'text', (r) => r.run),
    column('model_type', 'text', (r) => r.modelType),
    column('status', 'text', (r) => r.status),
    column('lifecycle', 'text', (r) => r.lifecycle),
    column('params', 'jsonb', (r) => JSON.stringify(r.params)),
    column('tags', 'jsonb', (r) => JSON.stringify(r.tags)),
    column('created_by', 'text', (r) => r.createdBy),
    column('changed_at', 'timestamptz', (r) => pgTime(r.changedAt)),
    ...decidedColumns<LoggedModelRow>(),
  ],
  read: (raw) => ({
    experiment: raw['experiment'] as string,
    name: raw['name'] as string,
    run: raw['run'] as string | null,
    modelType: raw['model_type'] as string | null,
    status: raw['status'] as LoggedModelRow['status'],
    lifecycle: raw['lifecycle'] as LoggedModelRow['lifecycle'],
    params: raw['params'] as LoggedModelRow['params'],
    tags: raw['tags'] as LoggedModelRow['tags'],
    createdBy: raw['created_by'] as string,
    changedAt: Number(raw['changed_at']),
    ...readDecided(raw),
  }),
});

export const loggedModelFile = defineHistoryTable<LoggedModelFileRow>({
  table: 'read.logged_model_file',
  id: 'logged_model',
  name: 'path',
  sameName: 'md5(t.path) = md5(k.name) and t.path = k.name',
  columns: [
    column('digest', 'text', (r) => r.digest),
    column('size', 'int8', (r) => r.size),
    column('media_type', 'text', (r) => r.mediaType),
    ...decidedColumns<LoggedModelFileRow>(),
  ],
  read: (raw) => ({
    digest: raw['digest'] as string,
    size: Number(raw['size']),
    mediaType: raw['media_type'] as string,
    ...readDecided(raw),
  }),
});
