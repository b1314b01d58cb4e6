import { Controller, Get, Inject, Res } from '@nestjs/common';
import { Caller, Permission, type Principal } from '@runledger/access';
import {
  inputsAnswer,
  paramsAnswer,
  receiptsAnswer,
  runAnswer,
  runsAnswer,
  tagsAnswer,
} from '@runledger/contracts/http';
import { ApiRoute, Params, Query } from '@runledger/http';
import type { InputRecord, RunRecord } from '@runledger/postgres';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { at, inputAnswerOf, paramAnswerOf, runAnswerOf, tagAnswerOf } from './answers';
import {
  type ListQuery,
  listQuery,
  type MomentListQuery,
  type MomentQuery,
  momentListQuery,
  momentQuery,
  type RunsQuery,
  runParams,
  runsQuery,
} from './query.schema';
import type { QueryRoom } from './query-room';
import { receiptOf } from './receipts';
import { ROOM } from './room-token';
import { listPart, listRunsPage, rowsAfter } from './run-pages';
import { readWholeRun } from './whole-run';

type OfRun = { run: string };
const receiptPlace = z.strictObject({ topic: z.string(), writer: z.string() });
const inputName = (input: InputRecord): string => JSON.stringify([input.name, input.digest, input.context]);

@Controller('api/v1/runs')
export class RunsController {
  constructor(@Inject(ROOM) private readonly room: QueryRoom) {}

  @Get()
  @Permission('runs:read', 'project')
  @ApiRoute({ summary: 'Runs, newest first', query: runsQuery, response: runsAnswer })
  async list(@Caller() who: Principal, @Query() query: RunsQuery, @Res({ passthrough: true }) reply: FastifyReply) {
    const { runs, nextPageToken } = await listRunsPage(this.room, reply, who, query);
    return { runs: runs.map(runAnswerOf), nextPageToken };
  }

  @Get(':run')
  @Permission('runs:read', 'project')
  @ApiRoute({
    summary: 'One run with all that it logged, but its metrics',
    params: runParams,
    query: momentQuery,
    response: runAnswer,
  })
  async get(
    @Caller() who: Principal,
    @Params() { run }: OfRun,
    @Query() query: MomentQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const asOf = await this.room.settle(reply, { workspace: who.workspace, run, uses: ['runs'] }, query);
    const { metadata, expiries, deletions, runOf } = this.room;
    const { workspace } = who;
    const found = await runOf(who, run, asOf);
    const whole = await readWholeRun(metadata, who, found, asOf);
    const deleted = found.lifecycle === 'deleted' ? await deletions.deletionOf(workspace, found) : null;
    return {
      ...whole,
      deleted: deleted && { ...deleted, at: at(deleted.at) },
      expired: await expiries.expiriesOf(workspace, [run]),
    };
  }

  @Get(':run/params')
  @Permission('runs:read', 'project')
  @ApiRoute({ summary: 'Params of a run, by key', params: runParams, query: momentListQuery, response: paramsAnswer })
  async params(
    @Caller() who: Principal,
    @Params() { run }: OfRun,
    @Query() query: MomentListQuery,
    @Res({ passthrough: true }) answer: FastifyReply,
  ) {
    const page = await listPart(this.room, { answer, reach: who, run }, query, {
      kind: 'params',
      read: (of, part) => this.room.metadata.listParams(who.workspace, of, part),
      nameOf: (row) => row.key,
    });
    return { run, params: page.rows.map(paramAnswerOf), nextPageToken: page.nextPageToken };
  }

  @Get(':run/tags')
  @Permission('runs:read', 'project')
  @ApiRoute({ summary: 'Tags of a run, by key', params: runParams, query: momentListQuery, response: tagsAnswer })
  async tags(
    @Caller() who: Principal,
    @Params() { run }: OfRun,
    @Query() query: MomentListQuery,
    @Res({ passthrough: true }) answer: FastifyReply,
  ) {
    const page = await listPart(this.room, { answer, reach: who, run }, query, {
      kind: 'tags',
      read: (of, part) => this.room.metadata.listTags(who.workspace, of, part),
      nameOf: (row) => row.key,
    });
    return { run, tags: page.rows.map(tagAnswerOf), nextPageToken: page.nextPageToken };
  }

  @Get(':run/inputs')
  @Permission('runs:read', 'project')
  @ApiRoute({
    summary: 'Datasets that a run read, by name',
    params: runParams,
    query: momentListQuery,
    response: inputsAnswer,
  })
  async inputs(
    @Caller() who: Principal,
    @Params() { run }: OfRun,
    @Query() query: MomentListQuery,
    @Res({ passthrough: true }) answer: FastifyReply,
  ) {
    const read = async (of: RunRecord, { after }: { after: string | undefined }) =>
      rowsAfter(await this.room.metadata.listInputs(who.workspace, of), inputName, after);
    const part = { kind: 'inputs', nameOf: inputName, read };
    const page = await listPart(this.room, { answer, reach: who, run }, query, part);
    return { run, inputs: page.rows.map(inputAnswerOf), nextPageToken: page.nextPageToken };
  }

  @Get(':run/receipts')
  @Permission('runs:read', 'project')
  @ApiRoute({
    summary: 'For each writer of a run: what it sent, what is stored, what is missing',
    params: runParams,
    query: listQuery,
    response: receiptsAnswer,
  })
  async receipts(
    @Caller() who: Principal,
    @Params() { run }: OfRun,
    @Query() query: ListQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const { pages, receipts, settle, runOf } = this.room;
    const { workspace } = who;
    const { limit, page_token } = query;
    const list = ['receipts', workspace, run];
    const after = pages.open(list, page_token, receiptPlace);
    await settle(reply, { workspace, run, uses: ['runs', 'series', 'console'] }, query);
    await runOf(who, run);
    const rows = await receipts.page({ workspace, run, after, limit: limit + 1 });
    const shown = rows.slice(0, limit);
    const last = rows.length > limit ? shown.at(-1) : undefined;
    const nextPageToken = last ? pages.seal(list, { topic: last.topic, writer: last.writer }) : null;
    return { run, receipts: shown.map(receiptOf), nextPageToken };
  }
}
