import { Controller, Get, Inject, Res } from '@nestjs/common';
import { Caller, Permission, type Principal } from '@runledger/access';
import { noteAnswer, noteHistoryAnswer } from '@runledger/contracts/http';
import { ApiRoute, Params, Query } from '@runledger/http';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { noteAnswerOf, noteStateOf } from './note-answers';
import { type FreshQuery, freshQuery, type ListQuery, listQuery, runParams } from './query.schema';
import type { QueryRoom } from './query-room';
import { ROOM } from './room-token';

type OfRun = { run: string };

/** What people say of a run. */
@Controller('api/v1/runs')
export class NotesController {
  constructor(@Inject(ROOM) private readonly room: QueryRoom) {}

  @Get(':run/note')
  @Permission('runs:read', 'project')
  @ApiRoute({ summary: 'The note of a run, in markdown', params: runParams, query: freshQuery, response: noteAnswer })
  async note(
    @Caller() who: Principal,
    @Params() { run }: OfRun,
    @Query() query: FreshQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const { workspace } = who;
    await this.room.settle(reply, { workspace, run, uses: ['runs', 'catalog'] }, query);
    await this.room.runOf(who, run);
    return noteAnswerOf(run, await this.room.metadata.getNote(workspace, run));
  }

  @Get(':run/note/history')
  @Permission('runs:read', 'project')
  @ApiRoute({
    summary: 'Every text that the note of a run had, newest first',
    params: runParams,
    query: listQuery,
    response: noteHistoryAnswer,
  })
  async history(
    @Caller() who: Principal,
    @Params() { run }: OfRun,
    @Query() query: ListQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const { pages, metadata } = this.room;
    const { workspace } = who;
    const { limit, page_token } = query;
    const list = ['note-history', workspace, run];
    const after = pages.open(list, page_token, z.int());
    await this.room.settle(reply, { workspace, run, uses: ['runs', 'catalog'] }, query);
    await this.room.runOf(who, run);
    const rows = await metadata.noteHistory(workspace, run, { after, limit: limit + 1 });
    const shown = rows.slice(0, limit);
    const last = rows.length > limit ? shown.at(-1) : undefined;
    return {
      history: shown.map(noteStateOf),
      nextPageToken: last === undefined ? null : pages.seal(list, last.value.seq),
    };
  }
}
