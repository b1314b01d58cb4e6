import { Controller, Inject, Post, Res } from '@nestjs/common';
import { Caller, Permission, type Principal } from '@runledger/access';
import { curvesAnswer, curvesBody } from '@runledger/contracts/http';
import { ApiRoute, type Body, checkInput, parseStrictJson, Query, RawBody } from '@runledger/http';
import type { FastifyReply } from 'fastify';
import { curveTable } from './curve-table';
import { type MomentQuery, momentQuery } from './query.schema';
import type { QueryRoom } from './query-room';
import { ROOM } from './room-token';
import { sendAnswer, whileAsked } from './statement-answers';

/** 10,000 runs by their longest ids. */
const LIMIT = 2_000_000;

@Controller('api/v1/curves')
export class CurvesController {
  constructor(@Inject(ROOM) private readonly room: QueryRoom) {}

  @Post()
  @Permission('runs:read', 'project')
  @ApiRoute({
    summary:
      'Curves of many runs and metrics, over steps, times or another metric; in buckets that keep every spike; as JSON or Arrow',
    query: momentQuery,
    body: { types: { 'application/json': curvesBody }, limit: LIMIT },
    response: curvesAnswer,
  })
  async curves(
    @Caller() who: Principal,
    @RawBody() { bytes }: Body,
    @Query() query: MomentQuery,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const body = checkInput(curvesBody, parseStrictJson(bytes), 'body');
    const asOf = await this.room.settle(reply, { workspace: who.workspace, uses: ['runs', 'series'] }, query);
    const signal = whileAsked(reply);
    const answer = await this.room.charts.curves(who, body, asOf);
    if (body.format === 'json') {
      reply.send({ ...answer, ...(await this.#expiredAmong(who.workspace, body.runs, answer.missing)) });
      return;
    }
    const { from, to, width } = answer;
    // A table has no place for it.
    if (from !== null) reply.header('runledger-range', `from=${from}, to=${to}, width=${width}`);
    sendAnswer(reply, await this.room.asArrow(curveTable(answer, body), signal), { format: 'arrow', name: 'curves' });
  }
  /** What is not there, or out of reach, has no tombstone either. */
  async #expiredAmong(workspace: string, runs: readonly string[], missing: readonly string[]) {
    const absent = new Set(missing);
    const there = runs.filter((run) => !absent.has(run));
    const found = await this.room.expiries.expiriesOf(workspace, there);
    const expired = found.filter(({ what }) => what === 'points');
    return expired.length === 0 ? {} : { expired };
  }
}
