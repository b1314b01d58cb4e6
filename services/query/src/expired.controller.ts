import { Controller, Get, Inject, Res } from '@nestjs/common';
import { Caller, Permission, type Principal } from '@runledger/access';
import { expiredAnswer } from '@runledger/contracts/http';
import { ApiRoute, Params, Query } from '@runledger/http';
import { Fault } from '@runledger/kernel';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { type ExpiredQuery, expiredQuery, projectParams } from './query.schema';
import type { QueryRoom } from './query-room';
import { ROOM } from './room-token';

/** What has gone by the policies of a project. */
@Controller('api/v1/projects')
export class ExpiredController {
  constructor(@Inject(ROOM) private readonly room: QueryRoom) {}

  @Get(':project/expired')
  @Permission('runs:read', 'project')
  @ApiRoute({
    summary: 'What has expired in a project, newest first: of which run, what was there, by whose order, and the event',
    params: projectParams,
    query: expiredQuery,
    response: expiredAnswer,
  })
  async list(
    @Caller() who: Principal,
    @Params() { project }: { project: string },
    @Query() query: ExpiredQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const { pages, metadata, settle, expiries } = this.room;
    const { workspace } = who;
    const { limit, page_token, what } = query;
    const list = ['expired', workspace, project, what];
    const before = pages.open(list, page_token, z.int());
    await settle(reply, { workspace, uses: ['catalog'] }, query);
    if ((await metadata.getProject(who, project)) === null)
      throw new Fault('missing', 'QUERY_NO_PROJECT', 'there is no such project');
    const rows = await expiries.expiredIn({ workspace, project, what, before, limit: limit + 1 });
    const shown = rows.slice(0, limit);
    const last = rows.length > limit ? shown.at(-1) : undefined;
    return {
      expired: shown.map(({ journalseq: _, ...one }) => one),
      nextPageToken: last === undefined ? null : pages.seal(list, last.journalseq),
    };
  }
}
