import type { Readable } from 'node:stream';
import type { Principal } from '@runledger/access';
import type { Reach } from '@runledger/contracts';
import { Fault } from '@runledger/kernel';
import { type ArtifactFile, type ArtifactHolder, holderOf } from './artifact-holder';
import { type ArtifactPlace, checkArtifactPath } from './artifact-path';
import type { MlflowRoom } from './mlflow-room';

/** One line of a listing: a file, or a folder in which files are. */
export type Listed = Readonly<{ path: string; is_dir: boolean; file_size?: number }>;

const GIB = 1024 ** 3;
export const MAX_BYTES = 64 * GIB;
const PAGE = 1_000;
/** Sorts behind every path of a folder. */
const LAST = '\u{10ffff}';
const MEDIA_TYPE = /^[\w.+-]{1,99}\/[\w.+-]{1,99}$/;

const prefixOf = (folder: string): string => (folder === '' ? '' : `${folder}/`);
const noArtifact = (path: string): Fault =>
  new Fault('missing', 'MLFLOW_NO_ARTIFACT', `No such artifact: '${path.slice(0, 200)}'`);

/** The holder of a place that takes a file there. */
export async function holderThatTakes(room: MlflowRoom, reach: Reach, place: ArtifactPlace): Promise<ArtifactHolder> {
  checkArtifactPath(place.path);
  const holder = await holderOf(room, reach, place);
  await holder.takes();
  return holder;
}

/** Bytes first, locked where the project locks, then what names them: whoever is cut has stored nothing. */
export async function storeArtifact(
  room: MlflowRoom,
  who: Principal,
  place: ArtifactPlace,
  upload: Readonly<{ stream: Readable; mediaType: string; length: number | undefined }>,
): Promise<void> {
  if ((upload.length ?? 0) > MAX_BYTES)
    throw new Fault('too-large', 'ARTIFACTS_TOO_LARGE', `an artifact may have at most ${MAX_BYTES} bytes`);
  const holder = await holderThatTakes(room, who, place);
  // Not destroyed by a refusal: the answer has to go out on the same connection.
  const bytes = upload.stream.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>;
  const { length } = upload;
  const { workspace } = who;
  const { digest, size } = await room.storage.within(
    { workspace, project: holder.project },
    { length, maxBytes: MAX_BYTES },
    (maxBytes) => room.artifacts.put(bytes, { maxBytes }),
  );
  await room.artifactDoor.lock({ workspace, project: await holder.project() }, digest);
  const mediaType = MEDIA_TYPE.test(upload.mediaType) ? upload.mediaType : 'application/octet-stream';
  await holder.store(who, { path: place.path, digest, size, mediaType });
}

/** @throws Fault missing MLFLOW_NO_RUN, MLFLOW_NO_LOGGED_MODEL, MLFLOW_NO_ARTIFACT */
export async function findArtifact(room: MlflowRoom, reach: Reach, place: ArtifactPlace): Promise<ArtifactFile> {
  const holder = await holderOf(room, reach, place);
  const found = await holder.find(checkArtifactPath(place.path));
  if (found === null) throw noArtifact(place.path);
  return found;
}

/** What a path is in the folder that it lies in or below. */
function entryOf({ path, size }: ArtifactFile, prefix: string): Listed {
  const [name = '', ...below] = path.slice(prefix.length).split('/');
  return below.length === 0 ? { path: name, is_dir: false, file_size: size } : { path: name, is_dir: true };
}

/** The same folder again, of which there are many paths one after another. */
const isAgain = (one: Listed, before: Listed | undefined): boolean =>
  one.is_dir && before?.is_dir === true && before.path === one.path;

/** What lies directly in a folder, by name, relative to it. A file has nothing in it. */
export async function listFolder(room: MlflowRoom, reach: Reach, place: ArtifactPlace): Promise<Listed[]> {
  const holder = await holderOf(room, reach, place);
  const prefix = prefixOf(place.path);
  const listed: Listed[] = [];
  for (let after: string | undefined; ; ) {
    const files = await holder.list({ prefix, after, limit: PAGE });
    for (const file of files) {
      const one = entryOf(file, prefix);
      if (!isAgain(one, listed.at(-1))) listed.push(one);
    }
    if (files.length < PAGE) return listed;
    const end = listed.at(-1);
    after = end?.is_dir ? `${prefix}${end.path}/${LAST}` : files.at(-1)?.path; // past the rest of a large folder
  }
}

/** Every path of a file or a folder that there is. */
async function pathsBelow(holder: ArtifactHolder, path: string): Promise<string[]> {
  const paths: string[] = [];
  if (path !== '' && (await holder.find(path)) !== null) paths.push(path);
  for (let after: string | undefined; ; ) {
    const files = await holder.list({ prefix: prefixOf(path), after, limit: PAGE });
    paths.push(...files.map((file) => file.path));
    after = files.at(-1)?.path;
    if (files.length < PAGE) return paths;
  }
}

/** A file, or all of a folder. Versions and bytes stay in the history. @throws Fault missing MLFLOW_NO_RUN, MLFLOW_NO_ARTIFACT */
export async function deleteArtifacts(room: MlflowRoom, who: Principal, place: ArtifactPlace): Promise<void> {
  const holder = await holderOf(room, who, place);
  const paths = await pathsBelow(holder, place.path);
  if (paths.length === 0 && place.path !== '') throw noArtifact(place.path);
  for (let i = 0; i < paths.length; i += PAGE) await holder.remove(who, paths.slice(i, i + PAGE));
}
