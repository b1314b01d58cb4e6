import { Readable } from 'node:stream';
import { Controller, Get, Inject, Res } from '@nestjs/common';
import { Caller, Permission, type Principal } from '@runledger/access';
import { downloadOf } from '@runledger/artifacts';
import { artifactsAnswer } from '@runledger/contracts/http';
import { ApiRoute, Params, Query } from '@runledger/http';
import { Fault } from '@runledger/kernel';
import type { FastifyReply } from 'fastify';
import { artifactAnswerOf } from './answers';
import {
  type ArtifactsQuery,
  artifactParams,
  artifactsQuery,
  type MomentQuery,
  momentQuery,
  runParams,
} from './query.schema';
import type { QueryRoom } from './query-room';
import { ROOM } from './room-token';
import { listPart } from './run-pages';

@Controller('api/v1/runs/:run/artifacts')
export class ArtifactsController {
  constructor(@Inject(ROOM) private readonly room: QueryRoom) {}

  @Get()
  @Permission('runs:read', 'project')
  @ApiRoute({
    summary: 'Artifacts of a run, by path',
    params: runParams,
    query: artifactsQuery,
    response: artifactsAnswer,
  })
  async list(
    @Caller() who: Principal,
    @Params() { run }: { run: string },
    @Query() query: ArtifactsQuery,
    @Res({ passthrough: true }) answer: FastifyReply,
  ) {
    const page = await listPart(this.room, { answer, reach: who, run }, query, {
      kind: 'artifacts',
      narrowedBy: query.prefix,
      read: (of, part) => this.room.metadata.listArtifacts(who.workspace, of, { ...part, prefix: query.prefix }),
      nameOf: (row) => row.path,
    });
    return { run, artifacts: page.rows.map(artifactAnswerOf), nextPageToken: page.nextPageToken };
  }

  /** Streams by itself: ranges, and HEAD without opening anything. */
  @Get('*')
  @Permission('artifacts:read', 'project')
  @ApiRoute({
    summary: 'Bytes of an artifact',
    params: artifactParams,
    query: momentQuery,
    response: 'application/octet-stream',
  })
  async download(
    @Caller() who: Principal,
    @Params() { run, path }: { run: string; path: string },
    @Query() query: MomentQuery,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { settle, runOf, metadata, artifacts } = this.room;
    const { workspace } = who;
    const asOf = await settle(reply, { workspace, run, uses: ['runs'] }, query);
    const artifact = await metadata.findArtifact(workspace, await runOf(who, run, asOf), path);
    if (artifact === null) throw new Fault('missing', 'QUERY_NO_ARTIFACT', 'there is no such artifact');
    const { status, headers, range } = downloadOf(artifact, reply.request.headers);
    if (status === 416) {
      const error = { code: 'QUERY_NO_SUCH_BYTES', message: 'the artifact has no bytes in that range' };
      reply.status(status).headers(headers).send({ error });
      return;
    }
    const none = range === null || reply.request.method === 'HEAD';
    const stream = none ? Readable.from([]) : (await artifacts.open(artifact.digest, range)).stream;
    reply.status(status).headers(headers).send(stream);
  }
}
