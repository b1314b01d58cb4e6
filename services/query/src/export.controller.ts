import { Controller, Inject, Post, Res } from '@nestjs/common';
import { Caller, Permission, type Principal } from '@runledger/access';
import { type ExportBody, exportBody } from '@runledger/contracts/http';
import { ApiRoute, type Body, checkInput, parseStrictJson, Query, RawBody } from '@runledger/http';
import { columnsOf, type SqlPlan } from '@runledger/sql';
import type { FastifyReply } from 'fastify';
import { exportedRuns } from './exported-runs';
import { type FreshQuery, freshQuery } from './query.schema';
import type { QueryRoom } from './query-room';
import { ROOM } from './room-token';
import { SHAPES, sendAnswer, whileAsked } from './statement-answers';

/** 100,000 runs by their longest ids. */
const LIMIT = 15_000_000;
const LIMITS = { seconds: 3_600 };

function planOf({ table, keys }: ExportBody, runs: readonly string[]): SqlPlan {
  const narrow = keys === undefined || table === 'runs' ? { run: runs } : { run: runs, key: keys };
  const use = { name: `${table}_0`, view: table, columns: Object.keys(columnsOf(table)), narrow };
  return { text: `select * from ${use.name}`, uses: [use] };
}

@Controller('api/v1/export')
export class ExportController {
  constructor(@Inject(ROOM) private readonly room: QueryRoom) {}

  @Post()
  @Permission('runs:read', 'project')
  @ApiRoute({
    summary: 'Everything of one kind of many runs, in one stream: Parquet, Arrow, CSV or JSON lines',
    query: freshQuery,
    body: { types: { 'application/json': exportBody }, limit: LIMIT },
    response: 'application/octet-stream',
  })
  async export(
    @Caller() who: Principal,
    @RawBody() { bytes }: Body,
    @Query() query: FreshQuery,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const body = checkInput(exportBody, parseStrictJson(bytes), 'body');
    const signal = whileAsked(reply);
    await this.room.settle(reply, { workspace: who.workspace, uses: ['runs', 'catalog', 'series'] }, query);
    const plan = planOf(body, await exportedRuns(this.room.search, who, body));
    const { format, projects, table } = body;
    const { workspace, actor } = who;
    await this.room.noteHandedOut({ workspace, actor, kind: 'export', scope: { table, format } });
    const statement = { plan, scope: { reach: who, projects }, format: SHAPES[format].engine, limits: LIMITS, signal };
    sendAnswer(reply, await this.room.statements.run(statement), { format, name: body.table });
  }
}
