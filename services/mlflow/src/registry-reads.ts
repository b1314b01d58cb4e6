import { modelName } from '@runledger/contracts';
import { Fault } from '@runledger/kernel';
import type { FoundVersion, ModelRecord } from '@runledger/postgres';
import type { MlflowRoom } from './mlflow-room';
import { modelAnswerOf, versionAnswerOf } from './registry-answer';

export const noModel = (name: string): Fault =>
  new Fault('missing', 'MLFLOW_NO_MODEL', `Registered Model with name=${name.slice(0, 256)} not found`);
export const noVersion = (name: string, version: number): Fault =>
  new Fault('missing', 'MLFLOW_NO_VERSION', `Model Version (name=${name}, version=${version}) not found`);

/** Reads what everybody has been told before. @throws Fault missing MLFLOW_NO_MODEL */
export async function modelOf({ settle, metadata }: MlflowRoom, workspace: string, name: string): Promise<ModelRecord> {
  await settle({ workspace, uses: ['catalog'] });
  const found = modelName.safeParse(name).success ? await metadata.findModel(workspace, name) : null;
  if (found === null) throw noModel(name);
  return found;
}

/** @throws Fault missing MLFLOW_NO_MODEL, MLFLOW_NO_VERSION */
export async function versionOf(
  room: MlflowRoom,
  workspace: string,
  { name, version }: Readonly<{ name: string; version: number }>,
): Promise<FoundVersion> {
  const model = await modelOf(room, workspace, name);
  const found = await room.metadata.getModelVersion(workspace, model.id, version);
  if (found === null) throw noVersion(name, version);
  return { model, version: found };
}

export async function answerModels({ metadata }: MlflowRoom, workspace: string, models: readonly ModelRecord[]) {
  const ids = models.map(({ id }) => id);
  const [latest, aliases] = await Promise.all([
    metadata.listLatestVersions(workspace, ids),
    metadata.listModelAliases(workspace, ids),
  ]);
  return models.map((model) => modelAnswerOf(model, latest, aliases));
}

export async function answerVersions({ metadata }: MlflowRoom, workspace: string, versions: readonly FoundVersion[]) {
  const aliases = await metadata.listModelAliases(workspace, [...new Set(versions.map(({ model }) => model.id))]);
  return versions.map((one) => versionAnswerOf(one, aliases));
}
