import { wholeWorkspace } from '@runledger/contracts';
import { Fault } from '@runledger/kernel';
import { type ArtifactPlace, checkArtifactPath, placeOfUri } from './artifact-path';
import type { MlflowRoom } from './mlflow-room';
import { versionOf } from './registry-reads';

/** `runs:/<run>/<path>`: the run says in which experiment that is. */
async function placeOfRunUri(room: MlflowRoom, workspace: string, uri: string): Promise<ArtifactPlace | null> {
  const [, id, path = ''] = /^runs:\/+([^/]+)\/(.+)$/.exec(uri) ?? [];
  if (id === undefined) return null;
  const { run } = await room.gate.find(wholeWorkspace(workspace), id);
  return { experiment: run.experiment ?? '0', of: 'run', id, path: checkArtifactPath(path.replace(/\/+$/, '')) };
}

/**
 * The place of a file of a version of a registered model.
 * @throws Fault missing MLFLOW_NO_MODEL, MLFLOW_NO_VERSION, MLFLOW_NO_RUN, invalid MLFLOW_BAD_PATH, MLFLOW_BAD_SOURCE (the files are elsewhere)
 */
export async function placeInVersion(
  room: MlflowRoom,
  workspace: string,
  which: Readonly<{ name: string; version: number }>,
  file: string,
): Promise<ArtifactPlace> {
  const within = checkArtifactPath(file);
  const { location } = (await versionOf(room, workspace, which)).version.value;
  const place = placeOfUri(location) ?? (await placeOfRunUri(room, workspace, location));
  if (place === null)
    throw new Fault(
      'invalid',
      'MLFLOW_BAD_SOURCE',
      `The files of this version are not kept by this server: ${location.slice(0, 200)}`,
    );
  return { ...place, path: place.path === '' ? within : `${place.path}/${within}` };
}
