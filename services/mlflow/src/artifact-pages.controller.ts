import { Controller, Get, Inject, Post, Req, Res } from '@nestjs/common';
import { Caller, Permission, type Principal } from '@runledger/access';
import { modelName } from '@runledger/contracts';
import { ApiRoute, BodyStream, Params, Query, type StreamedBody } from '@runledger/http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { listedFolder } from './artifact-answer';
import { type ArtifactPlace, type ArtifactRoot, checkArtifactPath, checkFolder, rootUri } from './artifact-path';
import { listFolder, storeArtifact } from './artifact-store';
import { checkWorkspace } from './check-workspace';
import { loggedModelOf } from './logged-models-reads';
import type { MlflowRoom } from './mlflow-room';
import { runIdOf, runRef, whole } from './request-fields';
import { MLFLOW_ROOM } from './room-token';
import { BYTES, sendArtifact } from './send-artifact';
import { placeInVersion } from './version-files';

const path = z.string().default('');
const ofRun = z.looseObject({ ...runRef, path });
const ofVersion = z.looseObject({ name: modelName, version: whole(1, 2_147_483_647), path });
const ofModel = z.object({ model_id: z.string() });
const fileOfModel = z.looseObject({ artifact_file_path: path });
const folderOfModel = z.looseObject({ artifact_directory_path: path });
type OfRun = z.output<typeof ofRun>;
type OfModel = z.output<typeof ofModel>;
type Asked = Pick<FastifyRequest, 'headers'>;

/** Artifacts by what they belong to, as MLflow's pages ask for them. */
@Controller()
export class ArtifactPagesController {
  constructor(@Inject(MLFLOW_ROOM) private readonly room: MlflowRoom) {}

  @Get(['api/2.0/mlflow/artifacts/list', 'ajax-api/2.0/mlflow/artifacts/list'])
  @Permission('runs:read', 'project')
  @ApiRoute({ summary: 'What lies in a folder of a run, relative to the run', query: ofRun, response: listedFolder })
  async listOfRun(@Caller() who: Principal, @Query() query: OfRun, @Req() { headers }: Asked) {
    checkWorkspace(who, headers['x-mlflow-workspace']);
    return this.#list(who, await this.#inRun(who, query, checkFolder));
  }

  @Get(['get-artifact', 'ajax-api/2.0/mlflow/get-artifact'])
  @Permission('artifacts:read', 'project')
  @ApiRoute({ summary: 'Bytes of an artifact of a run', query: ofRun, response: BYTES })
  async fileOfRun(@Caller() who: Principal, @Query() query: OfRun, @Res() reply: FastifyReply) {
    await sendArtifact(this.room, who, await this.#inRun(who, query, checkArtifactPath), reply);
  }

  @Post('ajax-api/2.0/mlflow/upload-artifact')
  @Permission('artifacts:write', 'project')
  @ApiRoute({
    summary: 'Store an artifact of a run',
    query: ofRun,
    body: { types: { '*': 'binary' } },
    response: z.object({}),
  })
  async upload(
    @Caller() who: Principal,
    @Query() query: OfRun,
    @BodyStream() body: StreamedBody,
    @Req() { headers }: Asked,
  ) {
    checkWorkspace(who, headers['x-mlflow-workspace']);
    await storeArtifact(this.room, who, await this.#inRun(who, query, checkArtifactPath), body);
    return {};
  }

  @Get('model-versions/get-artifact')
  @Permission('artifacts:read')
  @ApiRoute({ summary: 'Bytes of a file of a version of a model', query: ofVersion, response: BYTES })
  async fileOfVersion(
    @Caller() who: Principal,
    @Query() { path: file, ...which }: z.output<typeof ofVersion>,
    @Res() reply: FastifyReply,
  ) {
    await sendArtifact(this.room, who, await placeInVersion(this.room, who.workspace, which, file), reply);
  }

  @Get(['api', 'ajax-api'].map((prefix) => `${prefix}/2.0/mlflow/logged-models/:model_id/artifacts/directories`))
  @Permission('runs:read', 'project')
  @ApiRoute({
    summary: 'What lies in a folder of a logged model, relative to the model',
    params: ofModel,
    query: folderOfModel,
    response: listedFolder,
  })
  async listOfModel(
    @Caller() who: Principal,
    @Params() { model_id }: OfModel,
    @Query() { artifact_directory_path: folder }: z.output<typeof folderOfModel>,
    @Req() { headers }: Asked,
  ) {
    checkWorkspace(who, headers['x-mlflow-workspace']);
    return this.#list(who, { ...(await this.#modelRoot(who, model_id)), path: checkFolder(folder) });
  }

  @Get(['api', 'ajax-api'].map((prefix) => `${prefix}/2.0/mlflow/logged-models/:model_id/artifacts/files`))
  @Permission('artifacts:read', 'project')
  @ApiRoute({ summary: 'Bytes of a file of a logged model', params: ofModel, query: fileOfModel, response: BYTES })
  async fileOfModel(
    @Caller() who: Principal,
    @Params() { model_id }: OfModel,
    @Query() { artifact_file_path: file }: z.output<typeof fileOfModel>,
    @Res() reply: FastifyReply,
  ) {
    await sendArtifact(
      this.room,
      who,
      { ...(await this.#modelRoot(who, model_id)), path: checkArtifactPath(file) },
      reply,
    );
  }

  async #list(who: Principal, place: ArtifactPlace) {
    const files = await listFolder(this.room, who, place);
    const folder = place.path === '' ? '' : `${place.path}/`;
    return { root_uri: rootUri(place), files: files.map((one) => ({ ...one, path: folder + one.path })) };
  }

  async #inRun(who: Principal, query: OfRun, check: (path: string) => string): Promise<ArtifactPlace> {
    const id = runIdOf(query);
    const within = check(query.path);
    const { run } = await this.room.gate.find(who, id);
    return { experiment: run.experiment ?? '0', of: 'run', id: run.run, path: within };
  }

  async #modelRoot(who: Principal, id: string): Promise<ArtifactRoot> {
    const { value } = await loggedModelOf(this.room, who, id);
    return { experiment: value.experiment, of: 'logged-model', id };
  }
}
