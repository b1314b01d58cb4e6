import { Controller, Get, Inject, Res } from '@nestjs/common';
import { Caller, Permission, type Principal } from '@runledger/access';
import type { ObjectiveScope } from '@runledger/contracts';
import { objectiveHistoryAnswer, objectivesAnswer } from '@runledger/contracts/http';
import { ApiRoute, Params, Query } from '@runledger/http';
import { Fault } from '@runledger/kernel';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { objectiveAnswerOf, objectiveStateOf } from './governance-answers';
import { type ListQuery, listQuery, type ObjectivesQuery, objectiveParams, objectivesQuery } from './query.schema';
import type { QueryRoom } from './query-room';
import { ROOM } from './room-token';

function scopeOf({ project, experiment }: ObjectivesQuery): ObjectiveScope | undefined {
  if (project !== undefined && experiment !== undefined)
    throw new Fault('invalid', 'QUERY_TWO_SCOPES', 'ask for those of a project or of an experiment');
  if (project !== undefined) return { kind: 'project', id: project };
  return experiment === undefined ? undefined : { kind: 'experiment', id: experiment };
}

/** What runs are to reach. */
@Controller('api/v1/objectives')
export class ObjectivesController {
  constructor(@Inject(ROOM) private readonly room: QueryRoom) {}

  @Get()
  @Permission('runs:read')
  @ApiRoute({ summary: 'Objectives that are not retired, by id', query: objectivesQuery, response: objectivesAnswer })
  async list(
    @Caller() { workspace }: Principal,
    @Query() query: ObjectivesQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const { pages, metadata, settle } = this.room;
    const { limit, page_token } = query;
    const scope = scopeOf(query);
    const list = ['objectives', workspace, scope?.kind, scope?.id];
    const after = pages.open(list, page_token, z.string());
    await settle(reply, { workspace, uses: ['catalog'] }, query);
    const rows = await metadata.listObjectives(workspace, { scope, after, limit: limit + 1 });
    const shown = rows.slice(0, limit);
    const last = rows.length > limit ? shown.at(-1) : undefined;
    return {
      objectives: shown.map(objectiveAnswerOf),
      nextPageToken: last === undefined ? null : pages.seal(list, last.id),
    };
  }

  @Get(':objective/history')
  @Permission('runs:read')
  @ApiRoute({
    summary: 'Every definition of an objective, newest first, also of one that is retired',
    params: objectiveParams,
    query: listQuery,
    response: objectiveHistoryAnswer,
  })
  async history(
    @Caller() { workspace }: Principal,
    @Params() { objective }: { objective: string },
    @Query() query: ListQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const { pages, metadata, settle } = this.room;
    const { limit, page_token } = query;
    const list = ['objective-history', workspace, objective];
    const after = pages.open(list, page_token, z.int());
    await settle(reply, { workspace, uses: ['catalog'] }, query);
    const rows = await metadata.objectiveHistory(workspace, objective, { after, limit: limit + 1 });
    if (rows.length === 0 && after === undefined)
      throw new Fault('missing', 'QUERY_NO_OBJECTIVE', 'there is no such objective');
    const shown = rows.slice(0, limit);
    const last = rows.length > limit ? shown.at(-1) : undefined;
    return {
      objective,
      history: shown.map(objectiveStateOf),
      nextPageToken: last === undefined ? null : pages.seal(list, last.value.seq),
    };
  }
}
