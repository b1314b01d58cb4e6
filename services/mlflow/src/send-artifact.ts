import { Readable } from 'node:stream';
import type { Principal } from '@runledger/access';
import { downloadOf } from '@runledger/artifacts';
import type { FastifyReply } from 'fastify';
import type { ArtifactPlace } from './artifact-path';
import { findArtifact } from './artifact-store';
import { checkWorkspace } from './check-workspace';
import type { MlflowRoom } from './mlflow-room';

/** What bytes are described as. */
export const BYTES = 'application/octet-stream';

/** With ranges, so that a download can be resumed, and so that no browser runs what it gets. */
export async function sendArtifact(
  room: MlflowRoom,
  who: Principal,
  place: ArtifactPlace,
  reply: FastifyReply,
): Promise<void> {
  const { headers: asked, method } = reply.request;
  checkWorkspace(who, asked['x-mlflow-workspace']);
  const artifact = await findArtifact(room, who, place);
  const { status, headers, range } = downloadOf(artifact, asked);
  const none = range === null || method === 'HEAD';
  const stream = none ? Readable.from([]) : (await room.artifacts.open(artifact.digest, range)).stream;
  reply.status(status).headers(headers).send(stream);
}
