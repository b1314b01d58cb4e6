import { Controller, Get, Inject, Res } from '@nestjs/common';
import { Caller, Permission, type Principal } from '@runledger/access';
import { metricNamesAnswer } from '@runledger/contracts/http';
import { ApiRoute, Query } from '@runledger/http';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { type MetricNamesQuery, metricNamesQuery } from './query.schema';
import type { QueryRoom } from './query-room';
import { ROOM } from './room-token';

@Controller('api/v1/metric-names')
export class MetricNamesController {
  constructor(@Inject(ROOM) private readonly room: QueryRoom) {}

  @Get()
  @Permission('runs:read', 'project')
  @ApiRoute({
    summary:
      'Names of metrics that the workspace knows (for who is kept to projects: of their newest runs), or that the newest runs of an experiment or project have',
    query: metricNamesQuery,
    response: metricNamesAnswer,
  })
  async names(
    @Caller() who: Principal,
    @Query() query: MetricNamesQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const { pages, series, settle } = this.room;
    const { workspace } = who;
    const { experiment, project, search, prefix, limit, page_token } = query;
    const list = ['metric-names', workspace, experiment, project, search, prefix];
    const after = pages.open(list, page_token, z.string());
    await settle(reply, { workspace, uses: ['runs', 'series'] }, query);
    const found = await series.names(who, { experiment, project, search, prefix, after, limit: limit + 1 });
    const names = found.slice(0, limit);
    const last = found.length > limit ? names.at(-1) : undefined;
    return { names, nextPageToken: last === undefined ? null : pages.seal(list, last) };
  }
}
