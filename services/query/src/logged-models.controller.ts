import { Controller, Get, Inject, Res } from '@nestjs/common';
import { Caller, Permission, type Principal } from '@runledger/access';
import { isEveryProject } from '@runledger/contracts';
import { loggedModelAnswer, loggedModelsAnswer, outputsAnswer } from '@runledger/contracts/http';
import { ApiRoute, Params, Query } from '@runledger/http';
import { Fault } from '@runledger/kernel';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { missingAs } from './missing-as';
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

const noLoggedModel = (): Fault => new Fault('missing', 'QUERY_NO_LOGGED_MODEL', 'there is no such logged model');

/** Models that are logged in experiments, and which of them a run made. */
@Controller('api/v1')
export class LoggedModelsController {
  constructor(@Inject(ROOM) private readonly room: QueryRoom) {}

  @Get('logged-models')
  @Permission('runs:read', 'project')
  @ApiRoute({ summary: 'Logged models, newest first', query: loggedModelsQuery, response: loggedModelsAnswer })
  async list(
    @Caller() who: Principal,
    @Query() query: LoggedModelsQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const { settle, pages, metadata } = this.room;
    const { workspace } = who;
    const { experiment, run, limit, page_token, as_of } = query;
    const list = ['logged-models', workspace, experiment, run, as_of];
    const after = pages.open(list, page_token, z.int());
    const asOf = await settle(reply, { workspace, uses: ['catalog'] }, query);
    await this.#reach(who, query);
    const rows = await metadata.listLoggedModels(workspace, { experiment, run, after, limit: limit + 1, asOf });
    const shown = rows.slice(0, limit);
    const last = rows.length > limit ? shown.at(-1) : undefined;
    return {
      loggedModels: shown.map(loggedModelAnswerOf),
      nextPageToken: last === undefined ? null : pages.seal(list, last.value.createdSeq),
    };
  }

  /** That the models of a list may be read. @throws Fault missing QUERY_NO_EXPERIMENT, QUERY_NO_RUN; invalid QUERY_NEEDS_SCOPE */
  async #reach(who: Principal, { experiment, run }: Pick<LoggedModelsQuery, 'experiment' | 'run'>): Promise<void> {
    if (isEveryProject(who.projects)) return;
    if (experiment === undefined && run === undefined)
      throw new Fault('invalid', 'QUERY_NEEDS_SCOPE', 'whoever is kept to projects names an experiment or a run');
    if (experiment !== undefined) await this.room.reachedExperiment(who, experiment);
    if (run !== undefined) await this.room.runOf(who, run);
  }

  @Get('logged-models/:loggedModel')
  @Permission('runs:read', 'project')
  @ApiRoute({
    summary: 'One logged model, with the metrics that runs have measured of it',
    params: loggedModelParams,
    query: momentQuery,
    response: loggedModelAnswer,
  })
  async get(
    @Caller() who: Principal,
    @Params() { loggedModel }: { loggedModel: string },
    @Query() query: MomentQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const { settle, metadata, reachedAmong, reachedExperiment } = this.room;
    const { workspace } = who;
    const asOf = await settle(reply, { workspace, uses: ['catalog', 'runs'] }, query);
    const found = await metadata.getLoggedModel(workspace, loggedModel, asOf);
    if (found === null) throw noLoggedModel();
    await reachedExperiment(who, found.value.experiment).catch(missingAs(noLoggedModel));
    const metrics = await metadata.listModelMetrics(workspace, [loggedModel], asOf);
    const runs = new Set(await reachedAmong(who, [...new Set(metrics.map(({ run }) => run))], asOf));
    return {
      ...loggedModelAnswerOf(found),
      metrics: metrics.filter(({ run }) => runs.has(run)).map(modelMetricAnswerOf),
    };
  }

  @Get('runs/:run/outputs')
  @Permission('runs:read', 'project')
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
