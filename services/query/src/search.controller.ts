import { Controller, Inject, Post, Res } from '@nestjs/common';
import { Caller, Permission, type Principal } from '@runledger/access';
import { facetsAnswer, facetsBody, searchAnswer, searchBody } from '@runledger/contracts/http';
import { ApiRoute, type Body, checkInput, parseStrictJson, Query, RawBody } from '@runledger/http';
import type { Use } from '@runledger/reads';
import type { FastifyReply } from 'fastify';
import { type MomentQuery, momentQuery } from './query.schema';
import type { QueryRoom } from './query-room';
import { ROOM } from './room-token';
import { facetRuns, searchRuns } from './search-runs';

const LIMIT = 1_000_000;

@Controller('api/v1/search')
export class SearchController {
  constructor(@Inject(ROOM) private readonly room: QueryRoom) {}

  @Post()
  @Permission('runs:read', 'project')
  @ApiRoute({
    summary: 'Runs by any filter in any order, across experiments and projects, with the columns asked for',
    query: momentQuery,
    body: { types: { 'application/json': searchBody }, limit: LIMIT },
    response: searchAnswer,
  })
  search(
    @Caller() who: Principal,
    @RawBody() { bytes }: Body,
    @Query() query: MomentQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const body = checkInput(searchBody, parseStrictJson(bytes), 'body');
    return searchRuns(
      this.room,
      {
        reach: who,
        settle: (uses) => this.room.settle(reply, { workspace: who.workspace, uses }, query),
        moment: query.as_of,
      },
      body,
    );
  }

  @Post('facets')
  @Permission('runs:read', 'project')
  @ApiRoute({
    summary: 'Which params, tags and metrics the matching runs have, and with which values',
    query: momentQuery,
    body: { types: { 'application/json': facetsBody }, limit: LIMIT },
    response: facetsAnswer,
  })
  facets(
    @Caller() who: Principal,
    @RawBody() { bytes }: Body,
    @Query() query: MomentQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const body = checkInput(facetsBody, parseStrictJson(bytes), 'body');
    const settle = (uses: readonly Use[]) => this.room.settle(reply, { workspace: who.workspace, uses }, query);
    return facetRuns(this.room, { reach: who, settle, moment: query.as_of }, body);
  }
}
