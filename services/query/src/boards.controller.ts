import { Controller, Get, Inject, Res } from '@nestjs/common';
import { Caller, Permission, type Principal } from '@runledger/access';
import { boardAnswer, boardHistoryAnswer, boardsAnswer } from '@runledger/contracts/http';
import { ApiRoute, Params, Query } from '@runledger/http';
import { Fault } from '@runledger/kernel';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { boardAnswerOf, boardListed, boardStateOf } from './board-answers';
import { type BoardQuery, boardParams, boardQuery, type ListQuery, listQuery } from './query.schema';
import type { QueryRoom } from './query-room';
import { ROOM } from './room-token';

type OfBoard = { board: string };
type Reply = FastifyReply;
const noBoard = (): Fault => new Fault('missing', 'QUERY_NO_BOARD', 'there is no such dashboard or report');

/** Dashboards and reports that people have put together. */
@Controller('api/v1/boards')
export class BoardsController {
  constructor(@Inject(ROOM) private readonly room: QueryRoom) {}

  @Get()
  @Permission('runs:read')
  @ApiRoute({ summary: 'Dashboards and reports, without their panels', query: listQuery, response: boardsAnswer })
  async list(@Caller() { workspace }: Principal, @Query() query: ListQuery, @Res({ passthrough: true }) reply: Reply) {
    const { pages, metadata, settle } = this.room;
    const { limit, page_token } = query;
    const list = ['boards', workspace];
    const after = pages.open(list, page_token, z.string());
    await settle(reply, { workspace, uses: ['catalog'] }, query);
    const rows = await metadata.listBoards(workspace, { after, limit: limit + 1 });
    const shown = rows.slice(0, limit);
    const last = rows.length > limit ? shown.at(-1) : undefined;
    return { boards: shown.map(boardListed), nextPageToken: last === undefined ? null : pages.seal(list, last.id) };
  }

  @Get(':board')
  @Permission('runs:read')
  @ApiRoute({
    summary: 'A dashboard or a report as it is, or as it was when it was saved as a number',
    params: boardParams,
    query: boardQuery,
    response: boardAnswer,
  })
  async get(
    @Caller() { workspace }: Principal,
    @Params() { board }: OfBoard,
    @Query() query: BoardQuery,
    @Res({ passthrough: true }) reply: Reply,
  ) {
    await this.room.settle(reply, { workspace, uses: ['catalog'] }, query);
    const found = await this.room.metadata.getBoard(workspace, board, query.number);
    if (found === null) throw noBoard();
    return boardAnswerOf(found);
  }

  @Get(':board/history')
  @Permission('runs:read')
  @ApiRoute({
    summary: 'Every state of a dashboard or a report, newest first, also of one that is deleted',
    params: boardParams,
    query: listQuery,
    response: boardHistoryAnswer,
  })
  async history(
    @Caller() { workspace }: Principal,
    @Params() { board }: OfBoard,
    @Query() query: ListQuery,
    @Res({ passthrough: true }) reply: Reply,
  ) {
    const { pages, metadata, settle } = this.room;
    const { limit, page_token } = query;
    const list = ['board-history', workspace, board];
    const after = pages.open(list, page_token, z.int());
    await settle(reply, { workspace, uses: ['catalog'] }, query);
    const rows = await metadata.boardHistory(workspace, board, { after, limit: limit + 1 });
    if (rows.length === 0 && after === undefined) throw noBoard();
    const shown = rows.slice(0, limit);
    const last = rows.length > limit ? shown.at(-1) : undefined;
    return {
      history: shown.map(boardStateOf),
      nextPageToken: last === undefined ? null : pages.seal(list, last.value.seq),
    };
  }
}
