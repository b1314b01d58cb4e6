import { setTimeout as sleep } from 'node:timers/promises';
import { Controller, Get, Inject, Post, Res } from '@nestjs/common';
import { Caller, Permission, type Principal } from '@runledger/access';
import { type CheckLine, checkAnswer, type RebuildLine } from '@runledger/contracts/http';
import { ApiRoute, type Body, checkInput, parseStrictJson, RawBody } from '@runledger/http';
import { isFault } from '@runledger/kernel';
import { checkResultOf, demandRebuild, PROJECTIONS, projectionState, projectionStates } from '@runledger/postgres';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { LineStream } from './line-stream';
import { mustOperate } from './operator';
import { runCheck } from './run-check';
import { UPKEEP, type UpkeepRoom } from './upkeep-room';

const LINES = 'application/x-ndjson';
const LIMIT = 1_024;
const LOOK_MS = 200;

const checkFields = z.strictObject({
  repair: z.boolean().default(false).describe('rebuild what differs, thing by thing'),
});
const rebuildFields = z.strictObject({ projection: z.enum(PROJECTIONS) });
const STAGES = ['reading', 'waiting', 'swapping'] as const;
const stageOf = (stage: string | null): (typeof STAGES)[number] => STAGES.find((known) => known === stage) ?? 'waiting';

const failureOf = (error: unknown) => ({
  kind: 'failed' as const,
  code: isFault(error) ? error.code : 'PROJECTOR_FAILED',
  message: isFault(error) ? error.message : 'an engine could not answer; the log of the server says why',
});

/** Whether what people read is what the log says, and how it becomes so again. */
@Controller('api/v1')
export class UpkeepController {
  constructor(@Inject(UPKEEP) private readonly room: UpkeepRoom) {}

  @Get('check')
  @Permission('admin')
  @ApiRoute({
    summary: 'What the last check in the background found, and by which version each projection was filled',
    response: checkAnswer,
  })
  async last(@Caller() who: Principal): Promise<z.input<typeof checkAnswer>> {
    mustOperate(who);
    const { source } = this.room;
    const kept = await checkResultOf(source, 'watch');
    return {
      last: kept === null ? null : checkAnswer.shape.last.parse(kept.result),
      projections: (await projectionStates(source)).map(
        ({ name, version, rebuilt, rebuiltAt, demandedBy, failed }) => ({
          projection: name,
          version,
          rebuilt,
          rebuiltAt: rebuiltAt === null ? null : rebuiltAt.toISOString(),
          demandedBy,
          failed,
        }),
      ),
    };
  }

  @Post('check')
  @Permission('admin')
  @ApiRoute({
    summary:
      'Read the whole log again and compare it with what people read: lines of progress, differences and a result',
    body: { types: { 'application/json': checkFields.meta({ example: {} }) }, limit: LIMIT },
    response: LINES,
  })
  check(@Caller() who: Principal, @RawBody() body: Body, @Res() reply: FastifyReply): void {
    mustOperate(who);
    const { repair } = checkInput(checkFields, parseStrictJson(body.bytes), 'body');
    const lines = new LineStream<CheckLine>(reply);
    const { signal } = lines;
    const rest = async (): Promise<void> => undefined;
    void runCheck(this.room.checks, { name: 'check', repair, signal, rest, tell: (event) => lines.tell(event) }).then(
      (result) => lines.end(result),
      (error: unknown) => this.fail(error, lines),
    );
  }

  @Post('rebuild')
  @Permission('admin')
  @ApiRoute({
    summary:
      'Fill a projection anew from the log, beside the one that is read meanwhile, and swap them: lines of progress',
    body: { types: { 'application/json': rebuildFields.meta({ example: { projection: 'console' } }) }, limit: LIMIT },
    response: LINES,
  })
  async rebuild(@Caller() who: Principal, @RawBody() body: Body, @Res() reply: FastifyReply): Promise<void> {
    mustOperate(who);
    const { projection } = checkInput(rebuildFields, parseStrictJson(body.bytes), 'body');
    const demand = await demandRebuild(this.room.source, projection, who.actor);
    const lines = new LineStream<RebuildLine>(reply);
    void this.follow(projection, demand, lines).catch((error: unknown) => this.fail(error, lines));
  }

  private fail(error: unknown, lines: LineStream<CheckLine> | LineStream<RebuildLine>): void {
    if (!lines.signal.aborted) this.room.checks.logger.error({ err: error }, 'the upkeep that was asked for failed');
    lines.end(failureOf(error));
  }

  /** The rebuild goes on whether anybody looks or not, in whichever process has its turn. */
  private async follow(
    projection: (typeof PROJECTIONS)[number],
    demand: number,
    lines: LineStream<RebuildLine>,
  ): Promise<void> {
    while (!lines.signal.aborted) {
      const state = await projectionState(this.room.source, projection);
      const told = {
        kind: 'progress' as const,
        what: projection,
        records: state?.records ?? 0,
        of: state?.ofRecords ?? 0,
      };
      if (state !== null && state.met >= demand) {
        if (state.failed === null) lines.end({ ...told, stage: 'done' });
        else lines.end({ kind: 'failed', code: 'PROJECTOR_REBUILD_FAILED', message: state.failed });
        return;
      }
      lines.tell({ ...told, stage: stageOf(state?.stage ?? null) });
      await sleep(LOOK_MS, undefined, { signal: lines.signal }).catch(() => undefined);
    }
  }
}
