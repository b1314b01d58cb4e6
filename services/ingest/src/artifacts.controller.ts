import { Controller, Delete, Headers, Inject, Put } from '@nestjs/common';
import { Caller, Permission, type Principal } from '@runledger/access';
import { ApiRoute, BodyStream, Params, type StreamedBody } from '@runledger/http';
import type { z } from 'zod';
import { artifactParams, deletedArtifact, storedArtifact } from './ingest.schema';
import { INGEST_ROOM, type IngestRoom } from './ingest-room';
import { keepFromDeleting } from './keep-from-deleting';
import { keepToReach } from './keep-to-reach';
import { stampOf } from './stamp';
import { artifactRecord, checkArtifact, checkFactId, deletionRecord } from './stored-artifact';

@Controller('api/v1')
export class ArtifactsController {
  constructor(@Inject(INGEST_ROOM) private readonly room: IngestRoom) {}

  /** The fact is published once the bytes are whole, durable, and locked where the project locks; without it nobody finds them. */
  @Put('runs/:run/artifacts/*')
  @Permission('artifacts:write', 'project')
  @ApiRoute({
    summary: 'Store an artifact of a run under a path; idempotency-key, when sent, becomes the id of the fact',
    status: 201,
    params: artifactParams,
    body: { types: { '*': 'binary' } },
    response: storedArtifact,
  })
  async store(
    @Params() params: z.output<typeof artifactParams>,
    @BodyStream() { stream, length, mediaType }: StreamedBody,
    @Caller() who: Principal,
    @Headers() headers: Readonly<Record<string, string | undefined>>,
  ): Promise<z.output<typeof storedArtifact>> {
    const { artifacts, artifactDoor, artifactBytes: maxBytes, publish, storage, places } = this.room;
    const upload = { ...params, mediaType, length, id: headers['idempotency-key'] };
    checkArtifact(upload, maxBytes);
    await keepToReach(this.room.places, who, [{ run: params.run, events: [] }]);
    artifactDoor.takes(who.workspace, params.run);
    // Not destroyed by a refusal: the answer has to go out on the same connection.
    const bytes = stream.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>;
    const { workspace } = who;
    const { run } = params;
    const project = async () => (await places.projectsOf(workspace, [run])).get(run) ?? 'default';
    const stored = await storage.within({ workspace, project }, { length, maxBytes }, (most) =>
      artifacts.put(bytes, { maxBytes: most }),
    );
    await artifactDoor.lock({ workspace, project: await project() }, stored.digest);
    const record = artifactRecord(upload, stored, stampOf(who, headers['traceparent']));
    return { path: params.path, ...stored, position: await publish([record]) };
  }

  /** Not a refusal when there is nothing under the path: this door does not read what is projected. */
  @Delete('runs/:run/artifacts/*')
  @Permission('artifacts:write', 'project')
  @ApiRoute({
    summary: 'Take an artifact away; its earlier versions stay in the history, and so do their bytes',
    params: artifactParams,
    response: deletedArtifact,
  })
  async remove(
    @Params() params: z.output<typeof artifactParams>,
    @Caller() who: Principal,
    @Headers() headers: Readonly<Record<string, string | undefined>>,
  ): Promise<z.output<typeof deletedArtifact>> {
    const id = headers['idempotency-key'];
    checkFactId(id);
    const { run, path } = params;
    const about = [{ run, events: [{ type: 'artifacts.deleted', data: { paths: [path] } }] }];
    await keepToReach(this.room.places, who, about);
    await keepFromDeleting(this.room, who, about);
    const record = deletionRecord({ ...params, id }, stampOf(who, headers['traceparent']));
    return { path, position: await this.room.publish([record]) };
  }
}
