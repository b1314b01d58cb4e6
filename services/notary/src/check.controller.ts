import { Readable } from 'node:stream';
import { Controller, Get, Inject, Post, Res } from '@nestjs/common';
import { Caller, Permission, type Principal } from '@runledger/access';
import { type CheckLine, checkResult, ledgerCheckAnswer } from '@runledger/contracts/http';
import { ApiRoute, type Body, checkInput, parseStrictJson, RawBody } from '@runledger/http';
import { isFault } from '@runledger/kernel';
import { checkResultOf } from '@runledger/postgres';
import type { FastifyReply } from 'fastify';
import type { DataSource } from 'typeorm';
import { z } from 'zod';
import type { LeavesCheck } from './check-leaves';
import { watchName } from './ledger-watch';

export const LEDGER_CHECK = Symbol('ledger-check');
/** The check, and where the results of those in the background are kept. */
export type LedgerCheck = Readonly<{ check: LeavesCheck; source: DataSource }>;

const LINES = 'application/x-ndjson';
const LIMIT = 1_024;
const fields = z.strictObject({
  artifacts: z.boolean().default(true).describe('read every stored file that a leaf names, too'),
});

async function* linesOf(check: LeavesCheck, workspace: string, artifacts: boolean): AsyncGenerator<CheckLine> {
  try {
    yield yield* check(workspace, { artifacts });
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
  constructor(@Inject(LEDGER_CHECK) private readonly ledger: LedgerCheck) {}

  @Get('check')
  @Permission('runs:read')
  @ApiRoute({
    summary: 'What the last check of the ledger in the background found',
    response: ledgerCheckAnswer,
  })
  async last(@Caller() { workspace }: Principal): Promise<z.input<typeof ledgerCheckAnswer>> {
    const kept = await checkResultOf(this.ledger.source, watchName(workspace));
    return { last: kept === null ? null : checkResult.parse(kept.result) };
  }

  @Post('check')
  @Permission('admin')
  @ApiRoute({
    summary:
      "Compare every leaf of the workspace's log with records, stored files, tiles and checkpoints: lines of differences and a result",
    body: { types: { 'application/json': fields.meta({ example: { artifacts: false } }) }, limit: LIMIT },
    response: LINES,
  })
  run(@Caller() { workspace }: Principal, @RawBody() body: Body, @Res() reply: FastifyReply): void {
    const { artifacts } = checkInput(fields, parseStrictJson(body.bytes), 'body');
    reply.headers({ 'content-type': LINES, 'cache-control': 'no-store' });
    reply.send(Readable.from(textOf(linesOf(this.ledger.check, workspace, artifacts))));
  }
}
