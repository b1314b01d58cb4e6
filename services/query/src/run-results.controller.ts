import { Controller, Get, Inject, Post, Res } from '@nestjs/common';
import { Caller, Permission, type Principal } from '@runledger/access';
import { resultsAnswer, resultsBody, runResultsAnswer } from '@runledger/contracts/http';
import { ApiRoute, type Body, checkInput, Params, parseStrictJson, Query, RawBody } from '@runledger/http';
import type { FastifyReply } from 'fastify';
import { type FreshQuery, freshQuery, runParams } from './query.schema';
import type { QueryRoom } from './query-room';
import { ROOM } from './room-token';

/** A thousand runs by their longest ids. */
const LIMIT = 200_000;
const USES = ['runs', 'series', 'catalog'] as const;

/** What objectives come to for runs, as it is now. */
@Controller('api/v1')
export class RunResultsController {
  constructor(@Inject(ROOM) private readonly room: QueryRoom) {}

  @Get('runs/:run/objectives')
  @Permission('runs:read', 'project')
  @ApiRoute({
    summary: 'A run judged by the objectives of its project and experiment: met, missed by how much, or no value',
    params: runParams,
    query: freshQuery,
    response: runResultsAnswer,
  })
  async ofRun(
    @Caller() who: Principal,
    @Params() { run }: { run: string },
    @Query() query: FreshQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const { workspace } = who;
    await this.room.settle(reply, { workspace, run, uses: USES }, query);
    await this.room.runOf(who, run);
    const { runs, position } = await this.room.runResults(workspace, [run]);
    return { run, results: runs[0]?.results ?? [], position };
  }

  @Post('objectives/results')
  @Permission('runs:read', 'project')
  @ApiRoute({
    summary: 'Runs judged by their objectives, in the order that they are asked for; one that is not known has none',
    query: freshQuery,
    body: { types: { 'application/json': resultsBody }, limit: LIMIT },
    response: resultsAnswer,
  })
  async ofRuns(
    @Caller() who: Principal,
    @RawBody() { bytes }: Body,
    @Query() query: FreshQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const { runs } = checkInput(resultsBody, parseStrictJson(bytes), 'body');
    const { workspace } = who;
    await this.room.settle(reply, { workspace, uses: USES }, query);
    const reached = await this.room.reachedAmong(who, runs);
    const { runs: judged, position } = await this.room.runResults(workspace, reached);
    const resultsOf = new Map(judged.map(({ run, results }) => [run, results]));
    return { runs: runs.map((run) => ({ run, results: resultsOf.get(run) ?? [] })), position };
  }
}
