import { Controller, Inject, Post, Res } from '@nestjs/common';
import { Caller, Permission, type Principal } from '@runledger/access';
import { compareAnswer, compareBody } from '@runledger/contracts/http';
import { ApiRoute, type Body, checkInput, parseStrictJson, Query, RawBody } from '@runledger/http';
import type { FastifyReply } from 'fastify';
import { compareRuns } from './compare-runs';
import { type MomentQuery, momentQuery } from './query.schema';
import type { QueryRoom } from './query-room';
import { ROOM } from './room-token';

/** A thousand runs by their longest ids, and a thousand metrics by their longest names. */
const LIMIT = 2_000_000;

@Controller('api/v1/compare')
export class CompareController {
  constructor(@Inject(ROOM) private readonly room: QueryRoom) {}

  @Post()
  @Permission('runs:read', 'project')
  @ApiRoute({
    summary: 'Runs side by side: what differs between them, metrics against a baseline, and which params matter',
    query: momentQuery,
    body: { types: { 'application/json': compareBody }, limit: LIMIT },
    response: compareAnswer,
  })
  async compare(
    @Caller() who: Principal,
    @RawBody() { bytes }: Body,
    @Query() query: MomentQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const body = checkInput(compareBody, parseStrictJson(bytes), 'body');
    const asOf = await this.room.settle(reply, { workspace: who.workspace, uses: ['runs', 'series'] }, query);
    const reached = await this.room.reachedAmong(who, [...new Set(body.runs)], asOf);
    return compareRuns(this.room, { reach: who, reached, asOf }, body);
  }
}
