import type {
  AliasRecord,
  LoggedModelRecord,
  ModelHistoryRecord,
  ModelMetricRecord,
  ModelRecord,
  RunOutputRecord,
  VersionRecord,
} from '@runledger/postgres';
import { at, maybeAt } from './answers';

const aliasOf = ({ name, value }: AliasRecord) => ({ alias: name, version: value.version });

const modelOf = ({ id, value, since }: ModelRecord) => ({
  id,
  name: value.name,
  description: value.description,
  tags: value.tags,
  lastVersion: value.lastVersion,
  createdAt: maybeAt(value.createdAt),
  updatedAt: at(since),
});

/** `aliases` may hold those of other models. */
export const modelAnswerOf = (model: ModelRecord, aliases: readonly AliasRecord[]) => ({
  ...modelOf(model),
  aliases: aliases.filter(({ id }) => id === model.id).map(aliasOf),
});

const versionOf = ({ name, value, since }: VersionRecord) => ({
  version: Number(name),
  source: value.source,
  location: value.location,
  run: value.run,
  runLink: value.runLink,
  loggedModel: value.loggedModel,
  description: value.description,
  stage: value.stage,
  tags: value.tags,
  links: value.links,
  createdBy: value.createdBy,
  createdAt: maybeAt(value.createdAt),
  updatedAt: at(since),
});

export const versionAnswerOf = (model: ModelRecord, version: VersionRecord, aliases: readonly AliasRecord[]) => ({
  model: model.value.name,
  ...versionOf(version),
  aliases: aliases.filter(({ value }) => String(value.version) === version.name).map(({ name }) => name),
});

function stateOf(record: ModelHistoryRecord) {
  switch (record.kind) {
    case 'model':
      return { ...modelOf(record), lifecycle: record.value.lifecycle };
    case 'version':
      return versionOf(record);
    case 'alias':
      return aliasOf(record);
    default:
      return record satisfies never;
  }
}

export const modelHistoryAnswerOf = (record: ModelHistoryRecord) => ({
  kind: record.kind,
  seq: record.seq,
  since: at(record.since),
  until: maybeAt(record.until),
  actor: record.actor,
  state: stateOf(record),
});

export const loggedModelAnswerOf = ({ id, value, since }: LoggedModelRecord) => ({
  loggedModel: id,
  experiment: value.experiment,
  name: value.name,
  run: value.run,
  modelType: value.modelType,
  status: value.status,
  lifecycle: value.lifecycle,
  params: value.params,
  tags: value.tags,
  createdBy: value.createdBy,
  createdAt: maybeAt(value.createdAt),
  updatedAt: at(since),
});

export const modelMetricAnswerOf = ({
  run,
  key,
  value,
  step,
  time,
  datasetName,
  datasetDigest,
}: ModelMetricRecord) => ({
  run,
  key,
  value,
  step: BigInt(step),
  time: BigInt(time),
  dataset: datasetName === null ? null : { name: datasetName, digest: datasetDigest ?? '' },
});

export const outputAnswerOf = ({ loggedModel, step }: RunOutputRecord) => ({ loggedModel, step: BigInt(step) });
