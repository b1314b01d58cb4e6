import { Controller, Get, Inject, Res } from '@nestjs/common';
import { Caller, Permission, type Principal } from '@runledger/access';
import { holdsProject, isEveryProject, type ObjectiveScope } from '@runledger/contracts';
import { objectiveHistoryAnswer, objectivesAnswer } from '@runledger/contracts/http';
import { ApiRoute, Params, Query } from '@runledger/http';
import { Fault } from '@runledger/kernel';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { objectiveAnswerOf, objectiveStateOf } from './governance-answers';
import { missingAs } from './missing-as';
import { type ListQuery, listQuery, type ObjectivesQuery, objectiveParams, objectivesQuery } from './query.schema';
import type { QueryRoom } from './query-room';
import { ROOM } from './room-token';

function scopeOf({ project, experiment }: ObjectivesQuery): ObjectiveScope | undefined {
  if (project !== undefined && experiment !== undefined)
    throw new Fault('invalid', 'QUERY_TWO_SCOPES', 'ask for those of a project or of an experiment');
  if (project !== undefined) return { kind: 'project', id: project };
  return experiment === undefined ? undefined : { kind: 'experiment', id: experiment };
}

const noObjective = (): Fault => new Fault('missing', 'QUERY_NO_OBJECTIVE', 'there is no such objective');

/** What runs are to reach. */
@Controller('api/v1/objectives')
export class ObjectivesController {
  constructor(@Inject(ROOM) private readonly room: QueryRoom) {}

  @Get()
  @Permission('runs:read', 'project')
  @ApiRoute({ summary: 'Objectives that are not retired, by id', query: objectivesQuery, response: objectivesAnswer })
  async list(
    @Caller() who: Principal,
    @Query() query: ObjectivesQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const { pages, metadata, settle } = this.room;
    const { workspace } = who;
    const { limit, page_token } = query;
    const scope = scopeOf(query);
    const list = ['objectives', workspace, scope?.kind, scope?.id];
    const after = pages.open(list, page_token, z.string());
    await settle(reply, { workspace, uses: ['catalog'] }, query);
    await this.#reach(who, scope);
    const rows = await metadata.listObjectives(workspace, { scope, after, limit: limit + 1 });
    const shown = rows.slice(0, limit);
    const last = rows.length > limit ? shown.at(-1) : undefined;
    return {
      objectives: shown.map(objectiveAnswerOf),
      nextPageToken: last === undefined ? null : pages.seal(list, last.id),
    };
  }

  /** That what is defined there may be read. @throws Fault missing QUERY_NO_PROJECT, QUERY_NO_EXPERIMENT; invalid QUERY_NEEDS_SCOPE */
  async #reach(who: Principal, scope: ObjectiveScope | undefined): Promise<void> {
    if (isEveryProject(who.projects)) return;
    if (scope === undefined)
      throw new Fault('invalid', 'QUERY_NEEDS_SCOPE', 'whoever is kept to projects names one, or an experiment');
    if (scope.kind === 'experiment') await this.room.reachedExperiment(who, scope.id);
    else if (!holdsProject(who.projects, scope.id))
      throw new Fault('missing', 'QUERY_NO_PROJECT', 'there is no such project');
  }

  @Get(':objective/history')
  @Permission('runs:read', 'project')
  @ApiRoute({
    summary: 'Every definition of an objective, newest first, also of one that is retired',
    params: objectiveParams,
    query: listQuery,
    response: objectiveHistoryAnswer,
  })
  async history(
    @Caller() who: Principal,
    @Params() { objective }: { objective: string },
    @Query() query: ListQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const { pages, metadata, settle } = this.room;
    const { workspace } = who;
    const { limit, page_token } = query;
    const list = ['objective-history', workspace, objective];
    const after = pages.open(list, page_token, z.int());
    await settle(reply, { workspace, uses: ['catalog'] }, query);
    const rows = await metadata.objectiveHistory(workspace, objective, { after, limit: limit + 1 });
    if (rows.length === 0 && after === undefined) throw noObjective();
    if (rows[0] !== undefined) await this.#reach(who, rows[0].value.scope).catch(missingAs(noObjective));
    const shown = rows.slice(0, limit);
    const last = rows.length > limit ? shown.at(-1) : undefined;
    return {
      objective,
      history: shown.map(objectiveStateOf),
      nextPageToken: last === undefined ? null : pages.seal(list, last.value.seq),
    };
  }
}
