import { PassThrough, Readable } from 'node:stream';
import { Controller, Get, Inject, Post, Res } from '@nestjs/common';
import { Caller, Permission, type Principal } from '@runledger/access';
import { type ArchiveLine, archiveAnswer, type CheckLine } from '@runledger/contracts/http';
import { ApiRoute, type Body, checkInput, parseStrictJson, RawBody } from '@runledger/http';
import { isFault, type Logger } from '@runledger/kernel';
import { createArchiveRanges } from '@runledger/postgres';
import type { FastifyReply } from 'fastify';
import type { DataSource } from 'typeorm';
import { z } from 'zod';
import type { ArchivePorts } from './archive-ports';
import { type ArchiveAges, Archivist } from './archivist';
import { mustOperate, noArchive } from './operator';
import { verifyArchive } from './verify-archive';

export const ARCHIVE_ROOM = Symbol('archive-room');
export type ArchiveRoom = Readonly<{
  source: DataSource;
  logger?: Logger;
  /** Null: this deployment has none. */
  archive: ArchivePorts | null;
  ages: ArchiveAges;
}>;

const LINES = 'application/x-ndjson';
const LIMIT = 1_024;
const nothing = z.strictObject({});
const body = { types: { 'application/json': nothing.meta({ example: {} }) }, limit: LIMIT };

const failureOf = (error: unknown): Extract<ArchiveLine, { kind: 'failed' }> => ({
  kind: 'failed',
  code: isFault(error) ? error.code : 'NOTARY_FAILED',
  message: isFault(error) ? error.message : 'a store could not answer; the log of the server says why',
});

/** What is old in the log, and where it is kept. */
@Controller('api/v1/archive')
export class ArchiveController {
  constructor(@Inject(ARCHIVE_ROOM) private readonly room: ArchiveRoom) {}

  @Get()
  @Permission('admin')
  @ApiRoute({
    summary: 'How far each partition of the log is archived, and taken out of the log',
    response: archiveAnswer,
  })
  async standings(@Caller() who: Principal): Promise<z.input<typeof archiveAnswer>> {
    mustOperate(who);
    const ranges = createArchiveRanges(this.room.source);
    return { archives: this.room.archive !== null, partitions: await ranges.standings() };
  }

  @Post()
  @Permission('admin')
  @ApiRoute({
    summary: 'Archive what is old in the log now, and take out of it what may go: lines of what was done',
    body,
    response: LINES,
  })
  run(@Caller() who: Principal, @RawBody() sent: Body, @Res() reply: FastifyReply): void {
    const archive = this.#archive(who, sent);
    const { source, ages, logger } = this.room;
    const gone = new AbortController();
    reply.raw.once('close', () => gone.abort());
    const lines = new PassThrough();
    const tell = (line: ArchiveLine): void => void lines.write(`${JSON.stringify(line)}\n`);
    reply.headers({ 'content-type': LINES, 'cache-control': 'no-store' }).send(lines);
    const run = { isDemanded: true, signal: gone.signal, tell, rest: async () => undefined };
    void new Archivist({ archive, source, ages }, run)
      .work()
      .then(
        (totals) => tell({ kind: 'result', ...totals }),
        (error: unknown) => {
          if (!gone.signal.aborted) logger?.error({ err: error }, 'archiving the log failed');
          tell(failureOf(error));
        },
      )
      .finally(() => lines.end());
  }

  @Post('verify')
  @Permission('admin')
  @ApiRoute({
    summary:
      'Read every file of the archive back, and compare those with the log that it still has: lines of differences and a result',
    body,
    response: LINES,
  })
  verify(@Caller() who: Principal, @RawBody() sent: Body, @Res() reply: FastifyReply): void {
    const archive = this.#archive(who, sent);
    const { source } = this.room;
    async function* lines(): AsyncGenerator<string> {
      const text = (line: CheckLine): string => `${JSON.stringify(line)}\n`;
      try {
        const checking = verifyArchive(archive, source);
        let step = await checking.next();
        for (; step.done !== true; step = await checking.next()) yield text(step.value);
        yield text(step.value);
      } catch (error) {
        yield text(failureOf(error));
      }
    }
    reply.headers({ 'content-type': LINES, 'cache-control': 'no-store' }).send(Readable.from(lines()));
  }

  #archive(who: Principal, sent: Body): ArchivePorts {
    mustOperate(who);
    checkInput(nothing, parseStrictJson(sent.bytes), 'body');
    if (this.room.archive === null) throw noArchive();
    return this.room.archive;
  }
}
