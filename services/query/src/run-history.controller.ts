import { Controller, Get, Inject, Res } from '@nestjs/common';
import { Caller, Permission, type Principal } from '@runledger/access';
import { runHistoryAnswer } from '@runledger/contracts/http';
import { ApiRoute, Params, Query } from '@runledger/http';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { at } from './answers';
import { type MomentListQuery, momentListQuery, runParams } from './query.schema';
import type { QueryRoom } from './query-room';
import { ROOM } from './room-token';

const place = z.strictObject({
  offset: z.int(),
  ordinal: z.int(),
  kind: runHistoryAnswer.shape.changes.element.shape.kind,
  name: z.string(),
});

@Controller('api/v1/runs')
export class RunHistoryController {
  constructor(@Inject(ROOM) private readonly room: QueryRoom) {}

  @Get(':run/history')
  @Permission('runs:read', 'project')
  @ApiRoute({
    summary: 'Every change of a run, its tags, artifacts, code and environment, newest first: who, before and after',
    params: runParams,
    query: momentListQuery,
    response: runHistoryAnswer,
  })
  async history(
    @Caller() who: Principal,
    @Params() { run }: { run: string },
    @Query() query: MomentListQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const { pages, metadata, settle, runOf } = this.room;
    const { workspace } = who;
    const { limit, page_token, as_of } = query;
    const list = ['run-history', workspace, run, as_of];
    const after = pages.open(list, page_token, place);
    const asOf = await settle(reply, { workspace, run, uses: ['runs'] }, query);
    const { cut } = await runOf(who, run, asOf);
    const rows = await metadata.listRunChanges(workspace, { run, cut }, { after, limit: limit + 1 });
    const shown = rows.slice(0, limit);
    const last = rows.length > limit ? shown.at(-1) : undefined;
    return {
      run,
      changes: shown.map(({ kind, name, time, actor, before, after: then }) => ({
        kind,
        name,
        recordedAt: at(time),
        actor,
        before,
        after: then,
      })),
      nextPageToken:
        last === undefined
          ? null
          : pages.seal(list, { offset: last.offset, ordinal: last.ordinal, kind: last.kind, name: last.name }),
    };
  }
}
