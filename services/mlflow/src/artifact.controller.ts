import { Readable } from 'node:stream';
import { Controller, Delete, Get, Inject, Post, Put, Req, Res } from '@nestjs/common';
import { Caller, Permission, type Principal } from '@runledger/access';
import { downloadOf } from '@runledger/artifacts';
import { ApiRoute, BodyStream, Params, Query, type StreamedBody } from '@runledger/http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { type ArtifactPlace, checkArtifactPath, checkFolder, placeOfPath } from './artifact-path';
import { deleteArtifacts, findArtifact, listFolder, storeArtifact } from './artifact-store';
import { checkWorkspace } from './check-workspace';
import type { MlflowRoom } from './mlflow-room';
import { runIdOf, runRef } from './request-fields';
import { MLFLOW_ROOM } from './room-token';

const BYTES = 'application/octet-stream';
const PROXY = ['api/2.0/mlflow-artifacts/artifacts', 'ajax-api/2.0/mlflow-artifacts/artifacts'];
const below = (prefixes: readonly string[]): string[] => prefixes.map((prefix) => `${prefix}/*`);

const pathParams = z.object({ path: z.string() });
const folderQuery = z.looseObject({ path: z.string().default('') });
const ofRun = z.looseObject({ ...runRef, path: z.string().default('') });
const file = z.object({ path: z.string(), is_dir: z.boolean(), file_size: z.int().optional() });
const nothing = z.object({});
type OfRun = z.output<typeof ofRun>;
type Asked = Pick<FastifyRequest, 'headers' | 'method'>;

/** Bytes of runs, by MLflow's artifact proxy and by the older routes of its pages. They go through in streams. */
@Controller()
export class ArtifactController {
  constructor(@Inject(MLFLOW_ROOM) private readonly room: MlflowRoom) {}

  @Get(PROXY)
  @Permission('runs:read')
  @ApiRoute({
    summary: 'What lies in a folder, relative to it',
    query: folderQuery,
    response: z.object({ files: z.array(file) }),
  })
  async list(@Caller() who: Principal, @Query() { path }: { path: string }, @Req() { headers }: Asked) {
    checkWorkspace(who, headers['x-mlflow-workspace']);
    return { files: await listFolder(this.room, who.workspace, placeOfPath(path)) };
  }

  @Get(below(PROXY))
  @Permission('artifacts:read')
  @ApiRoute({ summary: 'Bytes of an artifact', params: pathParams, response: BYTES })
  async download(@Caller() who: Principal, @Params() { path }: { path: string }, @Res() reply: FastifyReply) {
    await this.#send(who, placeOfPath(path), reply);
  }

  @Put(below(PROXY))
  @Permission('artifacts:write')
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
  @Permission('artifacts:write')
  @ApiRoute({ summary: 'Take an artifact or a folder away', params: pathParams, response: nothing })
  async remove(@Caller() who: Principal, @Params() { path }: { path: string }, @Req() { headers }: Asked) {
    checkWorkspace(who, headers['x-mlflow-workspace']);
    await deleteArtifacts(this.room, who, placeOfPath(path));
    return {};
  }

  @Get(['api/2.0/mlflow/artifacts/list', 'ajax-api/2.0/mlflow/artifacts/list'])
  @Permission('runs:read')
  @ApiRoute({
    summary: 'What lies in a folder of a run, relative to the run',
    query: ofRun,
    response: z.object({ root_uri: z.string(), files: z.array(file) }),
  })
  async listOfRun(@Caller() who: Principal, @Query() query: OfRun, @Req() { headers }: Asked) {
    checkWorkspace(who, headers['x-mlflow-workspace']);
    const place = await this.#placeOf(who, query, checkFolder);
    const files = await listFolder(this.room, who.workspace, place);
    const root = place.path === '' ? '' : `${place.path}/`;
    return {
      root_uri: `mlflow-artifacts:/${place.experiment}/${place.run}/artifacts`,
      files: files.map((one) => ({ ...one, path: root + one.path })),
    };
  }

  @Get(['get-artifact', 'ajax-api/2.0/mlflow/get-artifact'])
  @Permission('artifacts:read')
  @ApiRoute({ summary: 'Bytes of an artifact of a run', query: ofRun, response: BYTES })
  async get(@Caller() who: Principal, @Query() query: OfRun, @Res() reply: FastifyReply) {
    await this.#send(who, await this.#placeOf(who, query, checkArtifactPath), reply);
  }

  @Post('ajax-api/2.0/mlflow/upload-artifact')
  @Permission('artifacts:write')
  @ApiRoute({
    summary: 'Store an artifact of a run',
    query: ofRun,
    body: { types: { '*': 'binary' } },
    response: nothing,
  })
  async post(
    @Caller() who: Principal,
    @Query() query: OfRun,
    @BodyStream() body: StreamedBody,
    @Req() { headers }: Asked,
  ) {
    checkWorkspace(who, headers['x-mlflow-workspace']);
    await storeArtifact(this.room, who, await this.#placeOf(who, query, checkArtifactPath), body);
    return {};
  }

  async #placeOf(who: Principal, query: OfRun, check: (path: string) => string): Promise<ArtifactPlace> {
    const id = runIdOf(query);
    const path = check(query.path);
    const { run } = await this.room.gate.find(who.workspace, id);
    return { experiment: run.experiment ?? '0', run: run.run, path };
  }

  /** With ranges, so that a download can be resumed, and so that no browser runs what it gets. */
  async #send(who: Principal, place: ArtifactPlace, reply: FastifyReply): Promise<void> {
    const { headers: asked, method } = reply.request;
    checkWorkspace(who, asked['x-mlflow-workspace']);
    const artifact = await findArtifact(this.room, who.workspace, place);
    const { status, headers, range } = downloadOf(artifact, asked);
    const none = range === null || method === 'HEAD';
    const stream = none ? Readable.from([]) : (await this.room.artifacts.open(artifact.digest, range)).stream;
    reply.status(status).headers(headers).send(stream);
  }
}
