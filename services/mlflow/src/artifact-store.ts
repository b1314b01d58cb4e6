import type { Readable } from 'node:stream';
import type { Principal } from '@runledger/access';
import { Fault } from '@runledger/kernel';
import type { ArtifactRecord, RunRecord } from '@runledger/postgres';
import { type ArtifactPlace, checkArtifactPath } from './artifact-path';
import type { MlflowRoom } from './mlflow-room';
import { factRecord } from './run-facts';
import { noRun } from './run-gate';

/** One line of a listing: a file, or a folder in which files are. */
export type Listed = Readonly<{ path: string; is_dir: boolean; file_size?: number }>;

const GIB = 1024 ** 3;
const MAX_BYTES = 64 * GIB;
const PAGE = 1_000;
/** Paths that one event takes away. */
const MOST_PATHS = 1_000;
/** Sorts behind every path of a folder. */
const LAST = '\u{10ffff}';
const MEDIA_TYPE = /^[\w.+-]{1,99}\/[\w.+-]{1,99}$/;

const prefixOf = (folder: string): string => (folder === '' ? '' : `${folder}/`);
const noArtifact = (path: string): Fault =>
  new Fault('missing', 'MLFLOW_NO_ARTIFACT', `No such artifact: '${path.slice(0, 200)}'`);

/** The run of a place, as it stands now. @throws Fault missing MLFLOW_NO_RUN, also where it is another experiment's */
async function runOf({ gate }: MlflowRoom, workspace: string, { experiment, run }: ArtifactPlace): Promise<RunRecord> {
  const found = await gate.find(workspace, run);
  if ((found.run.experiment ?? '0') !== experiment) throw noRun(run);
  return found.run;
}

/** Bytes first, then the fact that names them: whoever is cut has stored nothing. */
export async function storeArtifact(
  room: MlflowRoom,
  who: Principal,
  place: ArtifactPlace,
  upload: Readonly<{ stream: Readable; mediaType: string; length: number | undefined }>,
): Promise<void> {
  const path = checkArtifactPath(place.path);
  if ((upload.length ?? 0) > MAX_BYTES)
    throw new Fault('too-large', 'ARTIFACTS_TOO_LARGE', `an artifact may have at most ${MAX_BYTES} bytes`);
  await runOf(room, who.workspace, place);
  await room.gate.active(who.workspace, place.run);
  // Not destroyed by a refusal: the answer has to go out on the same connection.
  const bytes = upload.stream.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>;
  const { digest, size } = await room.artifacts.put(bytes, { maxBytes: MAX_BYTES });
  const mediaType = MEDIA_TYPE.test(upload.mediaType) ? upload.mediaType : 'application/octet-stream';
  await room.publish([
    factRecord(who, place.run, [{ type: 'artifact.stored', data: { path, digest, size, mediaType } }]),
  ]);
}

/** @throws Fault missing MLFLOW_NO_RUN, MLFLOW_NO_ARTIFACT */
export async function findArtifact(room: MlflowRoom, workspace: string, place: ArtifactPlace): Promise<ArtifactRecord> {
  const run = await runOf(room, workspace, place);
  const found = await room.metadata.findArtifact(workspace, run, checkArtifactPath(place.path));
  if (found === null) throw noArtifact(place.path);
  return found;
}

/** What a path is in the folder that it lies in or below. */
function entryOf({ path, size }: ArtifactRecord, prefix: string): Listed {
  const [name = '', ...below] = path.slice(prefix.length).split('/');
  return below.length === 0 ? { path: name, is_dir: false, file_size: size } : { path: name, is_dir: true };
}

/** The same folder again, of which there are many paths one after another. */
const isAgain = (one: Listed, before: Listed | undefined): boolean =>
  one.is_dir && before?.is_dir === true && before.path === one.path;

/** What lies directly in a folder, by name, relative to it. A file has nothing in it. */
export async function listFolder(room: MlflowRoom, workspace: string, place: ArtifactPlace): Promise<Listed[]> {
  const run = await runOf(room, workspace, place);
  const prefix = prefixOf(place.path);
  const listed: Listed[] = [];
  for (let after: string | undefined; ; ) {
    const rows = await room.metadata.listArtifacts(workspace, run, { prefix, after, limit: PAGE });
    for (const row of rows) {
      const one = entryOf(row, prefix);
      if (!isAgain(one, listed.at(-1))) listed.push(one);
    }
    if (rows.length < PAGE) return listed;
    const end = listed.at(-1);
    after = end?.is_dir ? `${prefix}${end.path}/${LAST}` : rows.at(-1)?.path; // past the rest of a large folder
  }
}

/** Every path of a file or a folder that there is. */
async function pathsBelow(room: MlflowRoom, workspace: string, run: RunRecord, path: string): Promise<string[]> {
  const paths: string[] = [];
  if (path !== '' && (await room.metadata.findArtifact(workspace, run, path)) !== null) paths.push(path);
  for (let after: string | undefined; ; ) {
    const rows = await room.metadata.listArtifacts(workspace, run, { prefix: prefixOf(path), after, limit: PAGE });
    paths.push(...rows.map((row) => row.path));
    after = rows.at(-1)?.path;
    if (rows.length < PAGE) return paths;
  }
}

/** A file, or all of a folder. Versions and bytes stay in the history. @throws Fault missing MLFLOW_NO_RUN, MLFLOW_NO_ARTIFACT */
export async function deleteArtifacts(room: MlflowRoom, who: Principal, place: ArtifactPlace): Promise<void> {
  const run = await runOf(room, who.workspace, place);
  const paths = await pathsBelow(room, who.workspace, run, place.path);
  if (paths.length === 0 && place.path !== '') throw noArtifact(place.path);
  const facts = Array.from({ length: Math.ceil(paths.length / MOST_PATHS) }, (_, i) => ({
    type: 'artifacts.deleted' as const,
    data: { paths: paths.slice(i * MOST_PATHS, (i + 1) * MOST_PATHS) },
  }));
  if (facts.length > 0) await room.publish([factRecord(who, place.run, facts)]);
}
