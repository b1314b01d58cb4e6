import { Controller, Get, Inject, Res } from '@nestjs/common';
import { Caller, Permission, type Principal } from '@runledger/access';
import { gapsAnswer } from '@runledger/contracts/http';
import { ApiRoute, Query } from '@runledger/http';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { type ListQuery, listQuery } from './query.schema';
import type { QueryRoom } from './query-room';
import { receiptOf } from './receipts';
import { ROOM } from './room-token';

const place = z.strictObject({ run: z.string(), topic: z.string(), writer: z.string() });

@Controller('api/v1/receipts')
export class ReceiptsController {
  constructor(@Inject(ROOM) private readonly room: QueryRoom) {}

  @Get('gaps')
  @Permission('runs:read', 'project')
  @ApiRoute({
    summary: 'Writers, of any run, of whose batches some are known to be sent and are not stored',
    query: listQuery,
    response: gapsAnswer,
  })
  async gaps(@Caller() who: Principal, @Query() query: ListQuery, @Res({ passthrough: true }) reply: FastifyReply) {
    const { pages, receipts, settle } = this.room;
    const { workspace } = who;
    const { limit, page_token } = query;
    const list = ['gaps', workspace];
    const after = pages.open(list, page_token, place);
    await settle(reply, { workspace, uses: ['runs', 'series', 'console'] }, query);
    const rows = await receipts.gaps(who, limit + 1, after);
    const shown = rows.slice(0, limit);
    const last = rows.length > limit ? shown.at(-1) : undefined;
    const at = last && { run: last.run, topic: last.topic, writer: last.writer };
    return {
      receipts: shown.map((row) => ({ run: row.run, name: row.name, ...receiptOf(row) })),
      nextPageToken: at === undefined ? null : pages.seal(list, at),
    };
  }
}
