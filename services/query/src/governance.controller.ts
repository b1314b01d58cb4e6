import { Controller, Get, Inject, Res } from '@nestjs/common';
import { Caller, Permission, type Principal } from '@runledger/access';
import { gatesAnswer, modelInventoryAnswer, versionGovernanceAnswer } from '@runledger/contracts/http';
import { ApiRoute, Params, Query } from '@runledger/http';
import { Fault } from '@runledger/kernel';
import type { ModelRecord } from '@runledger/postgres';
import type { FastifyReply } from 'fastify';
import { gateAnswerOf, inventoryEntryOf } from './governance-answers';
import { type FreshQuery, freshQuery, modelParams, projectParams, versionParams } from './query.schema';
import type { QueryRoom } from './query-room';
import { ROOM } from './room-token';

type Reply = FastifyReply;

/** What promotions need, what is known of versions, and who has approved them. */
@Controller('api/v1')
export class GovernanceController {
  constructor(@Inject(ROOM) private readonly room: QueryRoom) {}

  @Get('models/:model/versions/:version/governance')
  @Permission('runs:read')
  @ApiRoute({
    summary: 'What is known of a version, who has approved it, and what it lacks at each gate',
    params: versionParams,
    query: freshQuery,
    response: versionGovernanceAnswer,
  })
  async version(
    @Caller() { workspace }: Principal,
    @Params() { model: name, version: number }: { model: string; version: number },
    @Query() query: FreshQuery,
    @Res({ passthrough: true }) reply: Reply,
  ) {
    const { metadata, settle, versionGovernance } = this.room;
    const model = await this.#model(reply, workspace, name, query);
    const version = await metadata.getModelVersion(workspace, model.id, number);
    if (version === null) throw new Fault('missing', 'QUERY_NO_VERSION', 'there is no such version of this model');
    const { run } = version.value;
    if (run !== null) await settle(reply, { workspace, run, uses: ['runs', 'series', 'catalog'] }, query);
    return versionGovernance({ workspace, model, version });
  }

  @Get('models/:model/gates')
  @Permission('runs:read')
  @ApiRoute({ summary: 'Gates of a model', params: modelParams, query: freshQuery, response: gatesAnswer })
  async ofModel(
    @Caller() { workspace }: Principal,
    @Params() { model: name }: { model: string },
    @Query() query: FreshQuery,
    @Res({ passthrough: true }) reply: Reply,
  ) {
    const model = await this.#model(reply, workspace, name, query);
    return { gates: (await this.room.metadata.gatesOf(workspace, [`model/${model.id}`])).map(gateAnswerOf) };
  }

  @Get('projects/:project/gates')
  @Permission('runs:read', 'project')
  @ApiRoute({ summary: 'Gates of a project', params: projectParams, query: freshQuery, response: gatesAnswer })
  async ofProject(
    @Caller() who: Principal,
    @Params() { project }: { project: string },
    @Query() query: FreshQuery,
    @Res({ passthrough: true }) reply: Reply,
  ) {
    const { workspace } = who;
    await this.room.settle(reply, { workspace, uses: ['catalog'] }, query);
    if ((await this.room.metadata.getProject(who, project)) === null)
      throw new Fault('missing', 'QUERY_NO_PROJECT', 'there is no such project');
    return { gates: (await this.room.metadata.gatesOf(workspace, [`project/${project}`])).map(gateAnswerOf) };
  }

  @Get('models/:model/inventory')
  @Permission('runs:read')
  @ApiRoute({
    summary: 'What the inventory says of a model',
    params: modelParams,
    query: freshQuery,
    response: modelInventoryAnswer,
  })
  async inventory(
    @Caller() { workspace }: Principal,
    @Params() { model: name }: { model: string },
    @Query() query: FreshQuery,
    @Res({ passthrough: true }) reply: Reply,
  ) {
    const model = await this.#model(reply, workspace, name, query);
    const found = await this.room.metadata.inventoryOf(workspace, model.id);
    const today = new Date().toISOString().slice(0, 10);
    return { entry: found === null ? null : inventoryEntryOf(found, model.value.name, today) };
  }

  async #model(reply: Reply, workspace: string, name: string, query: FreshQuery): Promise<ModelRecord> {
    await this.room.settle(reply, { workspace, uses: ['catalog'] }, query);
    const found = await this.room.metadata.findModel(workspace, name);
    if (found === null) throw new Fault('missing', 'QUERY_NO_MODEL', 'there is no such model');
    return found;
  }
}
