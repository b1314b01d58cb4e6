import { Controller, Get, Inject, Post, Res } from '@nestjs/common';
import { Caller, Permission, type Principal } from '@runledger/access';
import { sqlAnswer, sqlBody, sqlSchemaAnswer } from '@runledger/contracts/http';
import { ApiRoute, type Body, checkInput, parseStrictJson, Query, RawBody } from '@runledger/http';
import { columnsOf, FUNCTION_NAMES, planStatement, VIEW_NAMES } from '@runledger/sql';
import type { FastifyReply } from 'fastify';
import { type FreshQuery, freshQuery } from './query.schema';
import type { QueryRoom } from './query-room';
import { ROOM } from './room-token';
import { SHAPES, sendAnswer, whileAsked } from './statement-answers';

const LIMIT = 1_000_000;
const LIMITS = { seconds: 30, rows: 1_000_000 };

@Controller('api/v1/sql')
export class SqlController {
  constructor(@Inject(ROOM) private readonly room: QueryRoom) {}

  @Get()
  @Permission('runs:read', 'project')
  @ApiRoute({ summary: 'Tables, columns and functions that a SQL statement may use', response: sqlSchemaAnswer })
  schema() {
    const tables = VIEW_NAMES.map((name) => ({
      name,
      columns: Object.entries(columnsOf(name)).map(([column, type]) => ({ name: column, type })),
    }));
    return { tables, functions: [...FUNCTION_NAMES] };
  }

  @Post()
  @Permission('runs:read', 'project')
  @ApiRoute({
    summary: 'One SELECT over what the caller may see, as JSON, JSON lines, CSV, Arrow or Parquet',
    query: freshQuery,
    body: { types: { 'application/json': sqlBody }, limit: LIMIT },
    response: sqlAnswer,
  })
  async sql(
    @Caller() who: Principal,
    @RawBody() { bytes }: Body,
    @Query() query: FreshQuery,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { sql, format, projects } = checkInput(sqlBody, parseStrictJson(bytes), 'body');
    const plan = planStatement(sql);
    const signal = whileAsked(reply);
    await this.room.settle(reply, { workspace: who.workspace, uses: ['runs', 'catalog', 'series'] }, query);
    const scope = { reach: who, projects };
    const statement = { plan, scope, format: SHAPES[format].engine, limits: LIMITS, signal };
    sendAnswer(reply, await this.room.statements.run(statement), { format, name: 'answer' });
  }
}
