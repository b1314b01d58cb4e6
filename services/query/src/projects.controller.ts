import { Controller, Get, Inject, Res } from '@nestjs/common';
import { Caller, Permission, type Principal } from '@runledger/access';
import { projectAnswer, projectsAnswer } from '@runledger/contracts/http';
import { ApiRoute, Params, Query } from '@runledger/http';
import { Fault } from '@runledger/kernel';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { projectAnswerOf } from './answers';
import { type FreshQuery, freshQuery, type ListQuery, listQuery, projectParams } from './query.schema';
import type { QueryRoom } from './query-room';
import { ROOM } from './room-token';

@Controller('api/v1/projects')
export class ProjectsController {
  constructor(@Inject(ROOM) private readonly room: QueryRoom) {}

  @Get()
  @Permission('runs:read')
  @ApiRoute({ summary: 'Projects, newest first', query: listQuery, response: projectsAnswer })
  async list(
    @Caller() { workspace }: Principal,
    @Query() query: ListQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const { settle, pages, metadata } = this.room;
    const { limit, page_token } = query;
    const list = ['projects', workspace];
    const after = pages.open(list, page_token, z.int());
    await settle(reply, { workspace, uses: ['catalog'] }, query);
    const rows = await metadata.listProjects(workspace, { after, limit: limit + 1 });
    const shown = rows.slice(0, limit);
    const last = rows.length > limit ? shown.at(-1) : undefined;
    return {
      projects: shown.map(projectAnswerOf),
      nextPageToken: last === undefined ? null : pages.seal(list, last.value.createdSeq),
    };
  }

  @Get(':project')
  @Permission('runs:read')
  @ApiRoute({ summary: 'One project', params: projectParams, query: freshQuery, response: projectAnswer })
  async get(
    @Caller() { workspace }: Principal,
    @Params() { project }: { project: string },
    @Query() query: FreshQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    await this.room.settle(reply, { workspace, uses: ['catalog'] }, query);
    const found = await this.room.metadata.getProject(workspace, project);
    if (found === null) throw new Fault('missing', 'QUERY_NO_PROJECT', 'there is no such project');
    return projectAnswerOf(found);
  }
}
