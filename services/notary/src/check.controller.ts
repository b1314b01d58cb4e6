import { Readable } from 'node:stream';
import { Controller, Inject, Post, Res } from '@nestjs/common';
import { Caller, Permission, type Principal } from '@runledger/access';
import type { CheckLine, Difference } from '@runledger/contracts/http';
import { ApiRoute } from '@runledger/http';
import { isFault } from '@runledger/kernel';
import type { FastifyReply } from 'fastify';
import type { LeavesCheck } from './check-leaves';

export const LEAVES_CHECK = Symbol('leaves-check');
const LINES = 'application/x-ndjson';
/** Differences that the result repeats. */
const KEPT = 100;

async function* linesOf(check: LeavesCheck, workspace: string): AsyncGenerator<CheckLine> {
  const startedAt = new Date().toISOString();
  const found: Difference[] = [];
  let differences = 0;
  try {
    const checking = check(workspace);
    let step = await checking.next();
    for (; step.done !== true; step = await checking.next()) {
      differences++;
      if (found.length < KEPT) found.push(step.value);
      yield step.value;
    }
    const { leaves: records, checkpoints: compared } = step.value;
    const finishedAt = new Date().toISOString();
    yield { kind: 'result', startedAt, finishedAt, records, compared, differences, repaired: 0, found };
  } catch (error) {
    const told = isFault(error) ? error : { code: 'NOTARY_FAILED', message: 'a store could not answer' };
    yield { kind: 'failed', code: told.code, message: told.message };
  }
}

async function* textOf(lines: AsyncIterable<CheckLine>): AsyncGenerator<string> {
  for await (const line of lines) yield `${JSON.stringify(line)}\n`;
}

/** Whether what was signed is what is kept. */
@Controller('api/v1/ledger')
export class CheckController {
  constructor(@Inject(LEAVES_CHECK) private readonly check: LeavesCheck) {}

  @Post('check')
  @Permission('admin')
  @ApiRoute({
    summary:
      "Compare every leaf of the workspace's log with the records, tiles and checkpoints: lines of differences and a result",
    response: LINES,
  })
  run(@Caller() { workspace }: Principal, @Res() reply: FastifyReply): void {
    reply.headers({ 'content-type': LINES, 'cache-control': 'no-store' });
    reply.send(Readable.from(textOf(linesOf(this.check, workspace))));
  }
}
