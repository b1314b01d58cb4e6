import { Controller, Get, Inject, Res } from '@nestjs/common';
import { Caller, Permission, type Principal } from '@runledger/access';
import {
  modelAnswer,
  modelHistoryAnswer,
  modelsAnswer,
  versionAnswer,
  versionsAnswer,
} from '@runledger/contracts/http';
import { ApiRoute, Params, Query } from '@runledger/http';
import { Fault } from '@runledger/kernel';
import type { AsOf, ModelRecord } from '@runledger/postgres';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { modelAnswerOf, modelHistoryAnswerOf, versionAnswerOf } from './model-answers';
import {
  aliasParams,
  type MomentListQuery,
  type MomentQuery,
  modelParams,
  momentListQuery,
  momentQuery,
  versionParams,
} from './query.schema';
import type { QueryRoom } from './query-room';
import { ROOM } from './room-token';

type OfModel = { model: string };
type Reply = FastifyReply;
type ModelAsOf = Readonly<{ found: ModelRecord; asOf: AsOf | undefined }>;
const noVersion = (): Fault => new Fault('missing', 'QUERY_NO_VERSION', 'there is no such version of this model');

/** Registered models, their versions and aliases, and what was decided about them. */
@Controller('api/v1/models')
export class ModelsController {
  constructor(@Inject(ROOM) private readonly room: QueryRoom) {}

  @Get()
  @Permission('runs:read')
  @ApiRoute({ summary: 'Registered models, by name', query: momentListQuery, response: modelsAnswer })
  async list(
    @Caller() { workspace }: Principal,
    @Query() query: MomentListQuery,
    @Res({ passthrough: true }) reply: Reply,
  ) {
    const { settle, pages, metadata } = this.room;
    const list = ['models', workspace, query.as_of];
    const after = pages.open(list, query.page_token, z.string());
    const asOf = await settle(reply, { workspace, uses: ['catalog'] }, query);
    const rows = await metadata.listModels(workspace, { after, limit: query.limit + 1, asOf });
    const shown = rows.slice(0, query.limit);
    const last = rows.length > query.limit ? shown.at(-1) : undefined;
    const ids = shown.map(({ id }) => id);
    const aliases = await metadata.listModelAliases(workspace, ids, asOf);
    return {
      models: shown.map((model) => modelAnswerOf(model, aliases)),
      nextPageToken: last === undefined ? null : pages.seal(list, last.value.name),
    };
  }

  @Get(':model')
  @Permission('runs:read')
  @ApiRoute({ summary: 'One registered model', params: modelParams, query: momentQuery, response: modelAnswer })
  async get(
    @Caller() { workspace }: Principal,
    @Params() { model }: OfModel,
    @Query() query: MomentQuery,
    @Res({ passthrough: true }) reply: Reply,
  ) {
    const { found, asOf } = await this.#model(reply, workspace, model, query);
    return modelAnswerOf(found, await this.room.metadata.listModelAliases(workspace, [found.id], asOf));
  }

  @Get(':model/versions')
  @Permission('runs:read')
  @ApiRoute({
    summary: 'Versions, newest first',
    params: modelParams,
    query: momentListQuery,
    response: versionsAnswer,
  })
  async versions(
    @Caller() { workspace }: Principal,
    @Params() { model }: OfModel,
    @Query() query: MomentListQuery,
    @Res({ passthrough: true }) reply: Reply,
  ) {
    const { pages, metadata } = this.room;
    const { found, asOf } = await this.#model(reply, workspace, model, query);
    const list = ['versions', workspace, found.id, query.as_of];
    const after = pages.open(list, query.page_token, z.int());
    const rows = await metadata.listModelVersions(workspace, found.id, { after, limit: query.limit + 1, asOf });
    const shown = rows.slice(0, query.limit);
    const last = rows.length > query.limit ? shown.at(-1) : undefined;
    const aliases = await metadata.listModelAliases(workspace, [found.id], asOf);
    return {
      model: found.value.name,
      versions: shown.map((version) => versionAnswerOf(found, version, aliases)),
      nextPageToken: last === undefined ? null : pages.seal(list, Number(last.name)),
    };
  }

  @Get(':model/versions/:version')
  @Permission('runs:read')
  @ApiRoute({ summary: 'One version', params: versionParams, query: momentQuery, response: versionAnswer })
  async version(
    @Caller() { workspace }: Principal,
    @Params() { model, version }: OfModel & { version: number },
    @Query() query: MomentQuery,
    @Res({ passthrough: true }) reply: Reply,
  ) {
    return this.#version(workspace, await this.#model(reply, workspace, model, query), version);
  }

  @Get(':model/aliases/:alias')
  @Permission('runs:read')
  @ApiRoute({
    summary: 'The version that an alias points to',
    params: aliasParams,
    query: momentQuery,
    response: versionAnswer,
  })
  async alias(
    @Caller() { workspace }: Principal,
    @Params() { model, alias }: OfModel & { alias: string },
    @Query() query: MomentQuery,
    @Res({ passthrough: true }) reply: Reply,
  ) {
    const { found, asOf } = await this.#model(reply, workspace, model, query);
    const aliases = await this.room.metadata.listModelAliases(workspace, [found.id], asOf);
    const to = aliases.find(({ name }) => name === alias);
    if (to === undefined) throw new Fault('missing', 'QUERY_NO_ALIAS', 'there is no such alias of this model');
    return this.#version(workspace, { found, asOf }, to.value.version);
  }

  @Get(':model/history')
  @Permission('runs:read')
  @ApiRoute({
    summary: 'Every state of a model, its versions and aliases, in the order of the decisions',
    params: modelParams,
    query: momentListQuery,
    response: modelHistoryAnswer,
  })
  async history(
    @Caller() { workspace }: Principal,
    @Params() { model }: OfModel,
    @Query() query: MomentListQuery,
    @Res({ passthrough: true }) reply: Reply,
  ) {
    const { pages, metadata } = this.room;
    const { found, asOf } = await this.#model(reply, workspace, model, query);
    const list = ['model-history', workspace, found.id, query.as_of];
    const after = pages.open(list, query.page_token, z.int());
    const rows = await metadata.modelHistory(workspace, found.id, { after, limit: query.limit, asOf });
    const last = rows.length < query.limit ? undefined : rows.at(-1);
    return {
      model: found.value.name,
      history: rows.map(modelHistoryAnswerOf),
      nextPageToken: last === undefined ? null : pages.seal(list, last.seq),
    };
  }

  async #model(reply: Reply, workspace: string, name: string, query: MomentQuery): Promise<ModelAsOf> {
    const asOf = await this.room.settle(reply, { workspace, uses: ['catalog'] }, query);
    const found = await this.room.metadata.findModel(workspace, name, asOf);
    if (found === null) throw new Fault('missing', 'QUERY_NO_MODEL', 'there is no such model');
    return { found, asOf };
  }

  async #version(workspace: string, { found: model, asOf }: ModelAsOf, number: number) {
    const { metadata } = this.room;
    const found = await metadata.getModelVersion(workspace, model.id, number, asOf);
    if (found === null) throw noVersion();
    return versionAnswerOf(model, found, await metadata.listModelAliases(workspace, [model.id], asOf));
  }
}
