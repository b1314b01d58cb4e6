import { Controller, Get, Inject, Res } from '@nestjs/common';
import { Caller, Permission, type Principal } from '@runledger/access';
import { projectAnswer, projectsAnswer } from '@runledger/contracts/http';
import { ApiRoute, Params, Query } from '@runledger/http';
import { Fault } from '@runledger/kernel';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { projectAnswerOf } from './answers';
import { type MomentListQuery, type MomentQuery, momentListQuery, momentQuery, projectParams } from './query.schema';
import type { QueryRoom } from './query-room';
import { ROOM } from './room-token';

@Controller('api/v1/projects')
export class ProjectsController {
  constructor(@Inject(ROOM) private readonly room: QueryRoom) {}

  @Get()
  @Permission('runs:read', 'project')
  @ApiRoute({ summary: 'Projects, newest first', query: momentListQuery, response: projectsAnswer })
  async list(
    @Caller() who: Principal,
    @Query() query: MomentListQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const { settle, pages, metadata } = this.room;
    const { workspace } = who;
    const { limit, page_token, as_of } = query;
    const list = ['projects', workspace, as_of];
    const after = pages.open(list, page_token, z.int());
    const asOf = await settle(reply, { workspace, uses: ['catalog'] }, query);
    const rows = await metadata.listProjects(who, { after, limit: limit + 1, asOf });
    const shown = rows.slice(0, limit);
    const last = rows.length > limit ? shown.at(-1) : undefined;
    return {
      projects: shown.map(projectAnswerOf),
      nextPageToken: last === undefined ? null : pages.seal(list, last.value.createdSeq),
    };
  }

  @Get(':project')
  @Permission('runs:read', 'project')
  @ApiRoute({ summary: 'One project', params: projectParams, query: momentQuery, response: projectAnswer })
  async get(
    @Caller() who: Principal,
    @Params() { project }: { project: string },
    @Query() query: MomentQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const asOf = await this.room.settle(reply, { workspace: who.workspace, uses: ['catalog'] }, query);
    const found = await this.room.metadata.getProject(who, project, asOf);
    if (found === null) throw new Fault('missing', 'QUERY_NO_PROJECT', 'there is no such project');
    return projectAnswerOf(found);
  }
}
