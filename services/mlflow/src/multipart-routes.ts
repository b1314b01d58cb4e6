import { type DirectArtifacts, downloadOf } from '@runledger/artifacts';
import { Fault } from '@runledger/kernel';
import { z } from 'zod';
import { type ArtifactPlace, checkArtifactPath, placeOfPath } from './artifact-path';
import { findArtifact, holderThatTakes, MAX_BYTES } from './artifact-store';
import { loggedModelOf } from './logged-models-reads';
import type { MlflowRoom } from './mlflow-room';
import { defineRoute, type MlflowRoute } from './mlflow-route';
import { whole } from './request-fields';

const MOST_PARTS = 10_000;
/** Each part is sent back with the URL that it went to. */
const COMPLETE_LIMIT = 16_000_000;

/** MLflow's clients fall back to the proxy when the message begins so. @throws Fault unimplemented MLFLOW_NO_MULTIPART */
function directOf({ artifacts }: MlflowRoom, what: 'upload' | 'download'): DirectArtifacts {
  if (artifacts.direct === null)
    throw new Fault(
      'unimplemented',
      'MLFLOW_NO_MULTIPART',
      `Multipart ${what} is not supported for the current artifact repository: artifacts go through this server.`,
    );
  return artifacts.direct;
}

/** `*` is the folder in its experiment's root, `path` the file's on the client's disk, of which the last part counts. */
const target = { '*': z.string(), path: z.string().min(1).max(4_000) };

function placeOf({ '*': folder, path }: Readonly<{ '*': string; path: string }>): ArtifactPlace {
  const name = path.split(/[/\\]/).at(-1) ?? '';
  const place = placeOfPath(folder);
  return { ...place, path: place.path === '' ? name : `${place.path}/${name}` };
}

const sentPart = z.object({ part_number: whole(1, MOST_PARTS), etag: z.string().min(1).max(1_000) });

/** What the store answered to each part, the first part first. @throws Fault invalid MLFLOW_BAD_PARTS */
function etagsOf(parts: ReadonlyArray<z.output<typeof sentPart>>): string[] {
  const sorted = [...parts].sort((a, b) => a.part_number - b.part_number);
  if (sorted.some(({ part_number }, i) => part_number !== i + 1))
    throw new Fault(
      'invalid',
      'MLFLOW_BAD_PARTS',
      'The parts of an upload are numbered from 1 without gaps or repeats.',
    );
  return sorted.map(({ etag }) => etag);
}

/** 7 days, as clouds cap it. */
const MOST_SECONDS = 604_800;

/**
 * URLs of a store that clients address themselves. No run's artifacts and no model's lie so: they go through this server, which MLflow's
 * own refuses in these words.
 * @throws Fault invalid MLFLOW_PROXIED_ARTIFACTS
 */
function refuseProxied(what: 'upload' | 'download', whose: string): never {
  throw new Fault(
    'invalid',
    'MLFLOW_PROXIED_ARTIFACTS',
    `Presigned ${what} is not supported for ${whose}proxied artifact storage (artifact URI scheme: mlflow-artifacts). This endpoint requires a ${whose === '' ? '' : 'run with a '}direct cloud storage artifact URI.`,
  );
}

const signedUrl = z.object({ presigned_url: z.string(), headers: z.record(z.string(), z.string()) });
const optionalId = z.string().max(250).default('');

/** Bytes past this server, where the store is S3: parts of an upload, and downloads. Where it is not, 501. */
export const MULTIPART_ROUTES: readonly MlflowRoute[] = [
  defineRoute('POST 2.0/mlflow-artifacts/mpu/create/*', {
    permission: 'artifacts:write',
    level: 'project',
    summary: 'Begin an upload in parts: a URL for each, which takes it by PUT',
    request: z.object({ ...target, num_parts: whole(1, MOST_PARTS).default(1) }),
    answer: z.object({
      upload_id: z.string(),
      credentials: z.array(
        z.object({ url: z.string(), part_number: z.int(), headers: z.record(z.string(), z.string()) }),
      ),
    }),
    async run(room, who, { num_parts, ...asked }) {
      const direct = directOf(room, 'upload');
      const holder = await holderThatTakes(room, who, placeOf(asked));
      await room.storage.check({ workspace: who.workspace, project: holder.project });
      const { upload, urls } = await direct.begin(num_parts);
      return { upload_id: upload, credentials: urls.map((url, i) => ({ url, part_number: i + 1, headers: {} })) };
    },
  }),
  defineRoute('POST 2.0/mlflow-artifacts/mpu/complete/*', {
    permission: 'artifacts:write',
    level: 'project',
    summary: 'Join the parts of an upload, and store them as an artifact',
    limit: COMPLETE_LIMIT,
    request: z.object({ ...target, upload_id: z.string(), parts: z.array(sentPart).min(1).max(MOST_PARTS) }),
    answer: z.object({}),
    async run(room, who, { upload_id, parts, ...asked }) {
      const direct = directOf(room, 'upload');
      const place = placeOf(asked);
      const etags = etagsOf(parts);
      const holder = await holderThatTakes(room, who, place);
      const { workspace } = who;
      const { digest, size } = await room.storage.within(
        { workspace, project: holder.project },
        { length: 0, maxBytes: MAX_BYTES }, // a repeated one, whose answer was lost, stores nothing more
        (maxBytes) => direct.finish(upload_id, etags, { maxBytes }),
      );
      await room.artifactDoor.lock({ workspace, project: await holder.project() }, digest);
      // A client that lost our answer asks again, and what it asks for is done.
      const there = await holder.find(place.path);
      if (there?.digest === digest && there.size === size) return {};
      await holder.store(who, { path: place.path, digest, size, mediaType: 'application/octet-stream' });
      return {};
    },
  }),
  defineRoute('POST 2.0/mlflow-artifacts/mpu/abort/*', {
    permission: 'artifacts:write',
    level: 'project',
    summary: 'Take back an upload in parts',
    request: z.object({ ...target, upload_id: z.string() }),
    answer: z.object({}),
    async run(room, _who, { upload_id, ...asked }) {
      const direct = directOf(room, 'upload');
      placeOf(asked);
      await direct.abandon(upload_id);
      return {};
    },
  }),
  defineRoute('GET 2.0/mlflow-artifacts/presigned/*', {
    permission: 'artifacts:read',
    level: 'project',
    summary: 'A URL by which the store itself gives an artifact out, with ranges',
    request: z.object({ '*': z.string() }),
    answer: z.object({ url: z.string(), headers: z.record(z.string(), z.string()), file_size: z.int() }),
    async run(room, who, { '*': path }) {
      const direct = directOf(room, 'download');
      const artifact = await findArtifact(room, who, placeOfPath(path));
      const { headers } = downloadOf(artifact, {});
      const how = { mediaType: headers['content-type'] ?? '', disposition: headers['content-disposition'] ?? '' };
      return { url: await direct.downloadUrl(artifact.digest, how), headers: {}, file_size: artifact.size };
    },
  }),
  defineRoute('POST 2.0/mlflow/artifacts/presigned-upload-url', {
    permission: 'artifacts:write',
    level: 'project',
    summary: 'A URL of a store that clients address themselves, to upload to: none here does, which 400 says',
    request: z.object({
      run_id: optionalId,
      model_id: optionalId,
      path: z.string().min(1).max(4_000),
      expiration: whole(-(2 ** 31), 2 ** 31).optional(),
    }),
    answer: signedUrl,
    async run(room, who, { run_id: run, model_id: model, path }) {
      if ((run === '') === (model === ''))
        throw new Fault('invalid', 'MLFLOW_BAD_HOLDER', 'Exactly one of run_id and model_id must be provided.');
      checkArtifactPath(path);
      if (run === '') await loggedModelOf(room, who, model);
      else await room.gate.find(who, run);
      return refuseProxied('upload', '');
    },
  }),
  defineRoute('POST 2.0/mlflow/artifacts/presigned-download-url', {
    permission: 'artifacts:read',
    level: 'project',
    summary: 'A URL of a store that clients address themselves, to download from: none here does, which 400 says',
    request: z.object({
      run_id: z.string().min(1).max(250),
      path: z.string().min(1).max(4_000),
      expiration: whole(1, MOST_SECONDS).optional(),
    }),
    answer: signedUrl.extend({ file_size: z.int().optional() }),
    async run(room, who, { run_id: run, path }) {
      checkArtifactPath(path);
      await room.gate.find(who, run);
      return refuseProxied('download', 'runs with ');
    },
  }),
];
