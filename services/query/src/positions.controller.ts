import { Controller, Get, Inject, Res } from '@nestjs/common';
import { Caller, Permission, type Principal } from '@runledger/access';
import { positionsAnswer } from '@runledger/contracts/http';
import { ApiRoute, Query } from '@runledger/http';
import type { FastifyReply } from 'fastify';
import { type FreshQuery, freshQuery } from './query.schema';
import type { QueryRoom } from './query-room';
import { ROOM } from './room-token';

@Controller('api/v1/positions')
export class PositionsController {
  constructor(@Inject(ROOM) private readonly room: QueryRoom) {}

  @Get()
  @Permission('runs:read')
  @ApiRoute({ summary: 'How far the projections have come', query: freshQuery, response: positionsAnswer })
  async get(
    @Caller() { workspace }: Principal,
    @Query() query: FreshQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const { settle, standings, positions, log } = this.room;
    await settle(reply, { workspace, uses: ['runs', 'catalog', 'series'] }, query);
    const stands = await standings();
    return {
      incarnation: log.incarnation,
      lag: stands.reduce((sum, stand) => sum + stand.lag, 0),
      positions: stands,
      journal: await positions.journal(workspace),
    };
  }
}
