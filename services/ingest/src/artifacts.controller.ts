import { Controller, Headers, Inject, Put } from '@nestjs/common';
import { Caller, Permission, type Principal } from '@runledger/access';
import { ApiRoute, BodyStream, Params, type StreamedBody } from '@runledger/http';
import type { z } from 'zod';
import { artifactParams, storedArtifact } from './ingest.schema';
import { INGEST_ROOM, type IngestRoom } from './ingest-room';
import { stampOf } from './stamp';
import { artifactRecord, checkArtifact } from './stored-artifact';

@Controller('api/v1')
export class ArtifactsController {
  constructor(@Inject(INGEST_ROOM) private readonly room: IngestRoom) {}

  /** The fact is published once the bytes are whole and durable; without it nobody finds them. */
  @Put('runs/:run/artifacts/*')
  @Permission('artifacts:write')
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
    const { artifacts, artifactBytes: maxBytes, publish } = this.room;
    const upload = { ...params, mediaType, length, id: headers['idempotency-key'] };
    checkArtifact(upload, maxBytes);
    // Not destroyed by a refusal: the answer has to go out on the same connection.
    const bytes = stream.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>;
    const stored = await artifacts.put(bytes, { maxBytes });
    const record = artifactRecord(upload, stored, stampOf(who, headers['traceparent']));
    return { path: params.path, ...stored, position: await publish([record]) };
  }
}
