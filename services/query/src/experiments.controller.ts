import { Controller, Get, Inject, Res } from '@nestjs/common';
import { Caller, Permission, type Principal } from '@runledger/access';
import { experimentAnswer, experimentsAnswer, runsAnswer } from '@runledger/contracts/http';
import { ApiRoute, Params, Query } from '@runledger/http';
import { Fault } from '@runledger/kernel';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { experimentAnswerOf, runAnswerOf } from './answers';
import {
  type ExperimentRunsQuery,
  type ExperimentsQuery,
  experimentParams,
  experimentRunsQuery,
  experimentsQuery,
  type MomentQuery,
  momentQuery,
} from './query.schema';
import type { QueryRoom } from './query-room';
import { ROOM } from './room-token';
import { listRunsPage } from './run-pages';

type OfExperiment = { experiment: string };
const missing = (): Fault => new Fault('missing', 'QUERY_NO_EXPERIMENT', 'there is no such experiment');

@Controller('api/v1/experiments')
export class ExperimentsController {
  constructor(@Inject(ROOM) private readonly room: QueryRoom) {}

  @Get()
  @Permission('runs:read', 'project')
  @ApiRoute({ summary: 'Experiments, newest first', query: experimentsQuery, response: experimentsAnswer })
  async list(
    @Caller() who: Principal,
    @Query() query: ExperimentsQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const { settle, pages, metadata } = this.room;
    const { workspace } = who;
    const { limit, page_token, project, name, lifecycle, as_of } = query;
    const list = ['experiments', workspace, project, name, lifecycle, as_of];
    const after = pages.open(list, page_token, z.int());
    const asOf = await settle(reply, { workspace, uses: ['catalog'] }, query);
    const scope = { project, name, lifecycle, asOf };
    const rows = await metadata.listExperiments(who, { ...scope, after, limit: limit + 1 });
    const shown = rows.slice(0, limit);
    const last = rows.length > limit ? shown.at(-1) : undefined;
    return {
      experiments: shown.map(experimentAnswerOf),
      nextPageToken: last === undefined ? null : pages.seal(list, last.createdSeq),
    };
  }

  @Get(':experiment')
  @Permission('runs:read', 'project')
  @ApiRoute({
    summary: 'One experiment',
    params: experimentParams,
    query: momentQuery,
    response: experimentAnswer,
  })
  async get(
    @Caller() who: Principal,
    @Params() { experiment }: OfExperiment,
    @Query() query: MomentQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const asOf = await this.room.settle(reply, { workspace: who.workspace, uses: ['catalog'] }, query);
    const found = await this.room.metadata.getExperiment(who, experiment, asOf);
    if (found === null) throw missing();
    return experimentAnswerOf(found);
  }

  @Get(':experiment/runs')
  @Permission('runs:read', 'project')
  @ApiRoute({
    summary: 'Runs of an experiment, newest first',
    params: experimentParams,
    query: experimentRunsQuery,
    response: runsAnswer,
  })
  async runs(
    @Caller() who: Principal,
    @Params() { experiment }: OfExperiment,
    @Query() query: ExperimentRunsQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const page = await listRunsPage(this.room, reply, who, { ...query, experiment });
    // A run may name an experiment that nobody has created: what clients did is not refused.
    if (page.runs.length === 0 && (await this.room.metadata.getExperiment(who, experiment, page.asOf)) === null)
      throw missing();
    return { runs: page.runs.map(runAnswerOf), nextPageToken: page.nextPageToken };
  }
}
