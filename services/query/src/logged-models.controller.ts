import { Controller, Get, Inject, Res } from '@nestjs/common';
import { Caller, Permission, type Principal } from '@runledger/access';
import { loggedModelAnswer, loggedModelsAnswer, outputsAnswer } from '@runledger/contracts/http';
import { ApiRoute, Params, Query } from '@runledger/http';
import { Fault } from '@runledger/kernel';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { loggedModelAnswerOf, modelMetricAnswerOf, outputAnswerOf } from './model-answers';
import {
  type LoggedModelsQuery,
  loggedModelParams,
  loggedModelsQuery,
  type MomentQuery,
  momentQuery,
  runParams,
} from './query.schema';
import type { QueryRoom } from './query-room';
import { ROOM } from './room-token';

/** Models that are logged in experiments, and which of them a run made. */
@Controller('api/v1')
export class LoggedModelsController {
  constructor(@Inject(ROOM) private readonly room: QueryRoom) {}

  @Get('logged-models')
  @Permission('runs:read')
  @ApiRoute({ summary: 'Logged models, newest first', query: loggedModelsQuery, response: loggedModelsAnswer })
  async list(
    @Caller() { workspace }: Principal,
    @Query() query: LoggedModelsQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const { settle, pages, metadata } = this.room;
    const { experiment, run, limit, page_token, as_of } = query;
    const list = ['logged-models', workspace, experiment, run, as_of];
    const after = pages.open(list, page_token, z.int());
    const asOf = await settle(reply, { workspace, uses: ['catalog'] }, query);
    const rows = await metadata.listLoggedModels(workspace, { experiment, run, after, limit: limit + 1, asOf });
    const shown = rows.slice(0, limit);
    const last = rows.length > limit ? shown.at(-1) : undefined;
    return {
      loggedModels: shown.map(loggedModelAnswerOf),
      nextPageToken: last === undefined ? null : pages.seal(list, last.value.createdSeq),
    };
  }

  @Get('logged-models/:loggedModel')
  @Permission('runs:read')
  @ApiRoute({
    summary: 'One logged model, with the metrics that runs have measured of it',
    params: loggedModelParams,
    query: momentQuery,
    response: loggedModelAnswer,
  })
  async get(
    @Caller() { workspace }: Principal,
    @Params() { loggedModel }: { loggedModel: string },
    @Query() query: MomentQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const { settle, metadata } = this.room;
    const asOf = await settle(reply, { workspace, uses: ['catalog', 'runs'] }, query);
    const found = await metadata.getLoggedModel(workspace, loggedModel, asOf);
    if (found === null) throw new Fault('missing', 'QUERY_NO_LOGGED_MODEL', 'there is no such logged model');
    const metrics = await metadata.listModelMetrics(workspace, [loggedModel], asOf);
    return { ...loggedModelAnswerOf(found), metrics: metrics.map(modelMetricAnswerOf) };
  }

  @Get('runs/:run/outputs')
  @Permission('runs:read')
  @ApiRoute({
    summary: 'Logged models that a run made',
    params: runParams,
    query: momentQuery,
    response: outputsAnswer,
  })
  async outputs(
    @Caller() who: Principal,
    @Params() { run }: { run: string },
    @Query() query: MomentQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const { workspace } = who;
    const asOf = await this.room.settle(reply, { workspace, run, uses: ['runs'] }, query);
    await this.room.runOf(who, run, asOf);
    const outputs = await this.room.metadata.listRunOutputs(workspace, [run], asOf);
    return { run, outputs: outputs.map(outputAnswerOf) };
  }
}
