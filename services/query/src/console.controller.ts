import { Controller, Get, Inject, Res } from '@nestjs/common';
import { Caller, Permission, type Principal } from '@runledger/access';
import { consoleAnswer } from '@runledger/contracts/http';
import { ApiRoute, Params, Query } from '@runledger/http';
import { cutOfConsole } from '@runledger/postgres';
import type { Use } from '@runledger/reads';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { type ConsoleQuery, consoleQuery, runParams } from './query.schema';
import type { QueryRoom } from './query-room';
import { ROOM } from './room-token';

const linePlace = z.tuple([z.int(), z.int(), z.int()]);

@Controller('api/v1/runs/:run/console')
export class ConsoleController {
  constructor(@Inject(ROOM) private readonly room: QueryRoom) {}

  @Get()
  @Permission('runs:read', 'project')
  @ApiRoute({
    summary: 'What a run printed, in the order in which it came; from the beginning, or from the end',
    params: runParams,
    query: consoleQuery,
    response: consoleAnswer,
  })
  async lines(
    @Caller() who: Principal,
    @Params() { run }: { run: string },
    @Query() query: ConsoleQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const { pages, settle, runOf, reached } = this.room;
    const { workspace } = who;
    const { stream, writer, contains, limit, tail, page_token } = query;
    // A place holds in both directions, so that who began at the end can go on with what comes.
    const list = ['console', workspace, run, stream, writer, contains, query.as_of];
    const after = pages.open(list, page_token, linePlace);
    const uses: Use[] = query.as_of === undefined ? ['console'] : ['console', 'runs', 'series'];
    const asOf = await settle(reply, { workspace, run, uses }, query);
    const cut = cutOfConsole(asOf, workspace, run);
    const asked = {
      ...(await reached(who, run)),
      stream,
      writer,
      contains,
      after,
      cut,
      backwards: tail,
      limit: limit + 1,
    };
    const found = await this.room.console.lines(asked);
    if (found.length === 0) await runOf(who, run, asOf);
    const shown = found.slice(0, limit);
    const furthest = found.length > limit ? shown.at(-1) : undefined;
    const inOrder = tail ? shown.reverse() : shown;
    const newest = inOrder.at(-1)?.place ?? after;
    return {
      run,
      lines: inOrder.map(({ place: _place, time, ...line }) => ({ ...line, time: new Date(time).toISOString() })),
      nextPageToken: furthest === undefined ? null : pages.seal(list, furthest.place),
      resumeToken: newest === undefined ? null : pages.seal(list, newest),
    };
  }
}
