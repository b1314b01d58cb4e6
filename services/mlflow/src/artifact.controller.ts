import { Controller, Delete, Get, Inject, Put, Req, Res } from '@nestjs/common';
import { Caller, Permission, type Principal } from '@runledger/access';
import { ApiRoute, BodyStream, Params, Query, type StreamedBody } from '@runledger/http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { listedFile } from './artifact-answer';
import { placeOfPath } from './artifact-path';
import { deleteArtifacts, listFolder, storeArtifact } from './artifact-store';
import { checkWorkspace } from './check-workspace';
import type { MlflowRoom } from './mlflow-room';
import { MLFLOW_ROOM } from './room-token';
import { BYTES, sendArtifact } from './send-artifact';

const PROXY = ['api/2.0/mlflow-artifacts/artifacts', 'ajax-api/2.0/mlflow-artifacts/artifacts'];
const below = (prefixes: readonly string[]): string[] => prefixes.map((prefix) => `${prefix}/*`);

const pathParams = z.object({ path: z.string() });
const folderQuery = z.looseObject({ path: z.string().default('') });
const nothing = z.object({});
type Asked = Pick<FastifyRequest, 'headers'>;

/** Bytes of runs and logged models, by MLflow's artifact proxy. They go through in streams. */
@Controller()
export class ArtifactController {
  constructor(@Inject(MLFLOW_ROOM) private readonly room: MlflowRoom) {}

  @Get(PROXY)
  @Permission('runs:read', 'project')
  @ApiRoute({
    summary: 'What lies in a folder, relative to it',
    query: folderQuery,
    response: z.object({ files: z.array(listedFile) }),
  })
  async list(@Caller() who: Principal, @Query() { path }: { path: string }, @Req() { headers }: Asked) {
    checkWorkspace(who, headers['x-mlflow-workspace']);
    return { files: await listFolder(this.room, who, placeOfPath(path)) };
  }

  @Get(below(PROXY))
  @Permission('artifacts:read', 'project')
  @ApiRoute({ summary: 'Bytes of an artifact', params: pathParams, response: BYTES })
  async download(@Caller() who: Principal, @Params() { path }: { path: string }, @Res() reply: FastifyReply) {
    await sendArtifact(this.room, who, placeOfPath(path), reply);
  }

  @Put(below(PROXY))
  @Permission('artifacts:write', 'project')
  @ApiRoute({ summary: 'Store an artifact', params: pathParams, body: { types: { '*': 'binary' } }, response: nothing })
  async upload(
    @Caller() who: Principal,
    @Params() { path }: { path: string },
    @BodyStream() body: StreamedBody,
    @Req() { headers }: Asked,
  ) {
    checkWorkspace(who, headers['x-mlflow-workspace']);
    await storeArtifact(this.room, who, placeOfPath(path), body);
    return {};
  }

  @Delete(below(PROXY))
  @Permission('artifacts:write', 'project')
  @ApiRoute({ summary: 'Take an artifact or a folder away', params: pathParams, response: nothing })
  async remove(@Caller() who: Principal, @Params() { path }: { path: string }, @Req() { headers }: Asked) {
    checkWorkspace(who, headers['x-mlflow-workspace']);
    await deleteArtifacts(this.room, who, placeOfPath(path));
    return {};
  }
}
