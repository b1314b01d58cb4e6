import { Controller, Get, Inject, Res } from '@nestjs/common';
import { Caller, Permission, type Principal } from '@runledger/access';
import { viewAnswer, viewHistoryAnswer, viewsAnswer } from '@runledger/contracts/http';
import { ApiRoute, Params, Query } from '@runledger/http';
import { Fault } from '@runledger/kernel';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { missingAs } from './missing-as';
import { viewAnswerOf, viewStateOf } from './note-answers';
import {
  type FreshQuery,
  freshQuery,
  type ListQuery,
  listQuery,
  type ViewsQuery,
  viewParams,
  viewsQuery,
} from './query.schema';
import type { QueryRoom } from './query-room';
import { ROOM } from './room-token';

type OfView = { view: string };
type Reply = FastifyReply;
const noView = (): Fault => new Fault('missing', 'QUERY_NO_VIEW', 'there is no such view');

/** Views of runs that people have saved. */
@Controller('api/v1/views')
export class ViewsController {
  constructor(@Inject(ROOM) private readonly room: QueryRoom) {}

  @Get()
  @Permission('runs:read', 'project')
  @ApiRoute({ summary: "Saved views of an experiment's runs, by name", query: viewsQuery, response: viewsAnswer })
  async list(@Caller() who: Principal, @Query() query: ViewsQuery, @Res({ passthrough: true }) reply: Reply) {
    const { pages, metadata, settle } = this.room;
    const { workspace } = who;
    const { experiment, limit, page_token } = query;
    const list = ['views', workspace, experiment];
    const after = pages.open(list, page_token, z.string());
    await settle(reply, { workspace, uses: ['catalog'] }, query);
    await this.room.reachedExperiment(who, experiment);
    const rows = await metadata.listViews(workspace, experiment, { after, limit: limit + 1 });
    const shown = rows.slice(0, limit);
    const last = rows.length > limit ? shown.at(-1) : undefined;
    return {
      views: shown.map(viewAnswerOf),
      nextPageToken: last === undefined ? null : pages.seal(list, last.value.name),
    };
  }

  @Get(':view')
  @Permission('runs:read', 'project')
  @ApiRoute({ summary: 'One saved view', params: viewParams, query: freshQuery, response: viewAnswer })
  async get(
    @Caller() who: Principal,
    @Params() { view }: OfView,
    @Query() query: FreshQuery,
    @Res({ passthrough: true }) reply: Reply,
  ) {
    const { workspace } = who;
    await this.room.settle(reply, { workspace, uses: ['catalog'] }, query);
    const found = await this.room.metadata.getView(workspace, view);
    if (found === null) throw noView();
    await this.room.reachedExperiment(who, found.value.experiment).catch(missingAs(noView));
    return viewAnswerOf(found);
  }

  @Get(':view/history')
  @Permission('runs:read', 'project')
  @ApiRoute({
    summary: 'Every state of a view, newest first, also of one that is deleted',
    params: viewParams,
    query: listQuery,
    response: viewHistoryAnswer,
  })
  async history(
    @Caller() who: Principal,
    @Params() { view }: OfView,
    @Query() query: ListQuery,
    @Res({ passthrough: true }) reply: Reply,
  ) {
    const { pages, metadata, settle } = this.room;
    const { workspace } = who;
    const { limit, page_token } = query;
    const list = ['view-history', workspace, view];
    const after = pages.open(list, page_token, z.int());
    await settle(reply, { workspace, uses: ['catalog'] }, query);
    const rows = await metadata.viewHistory(workspace, view, { after, limit: limit + 1 });
    if (rows.length === 0 && after === undefined) throw noView();
    if (rows[0] !== undefined)
      await this.room.reachedExperiment(who, rows[0].value.experiment).catch(missingAs(noView));
    const shown = rows.slice(0, limit);
    const last = rows.length > limit ? shown.at(-1) : undefined;
    return {
      history: shown.map(viewStateOf),
      nextPageToken: last === undefined ? null : pages.seal(list, last.value.seq),
    };
  }
}
