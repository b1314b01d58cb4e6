import { Controller, Get, Inject, Res } from '@nestjs/common';
import { Caller, Permission, type Principal } from '@runledger/access';
import { bucketsAnswer, metricsAnswer, seriesAnswer, writersAnswer } from '@runledger/contracts/http';
import { ApiRoute, Params, Query } from '@runledger/http';
import type { Use } from '@runledger/reads';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import {
  type BucketsQuery,
  bucketsQuery,
  type MetricsQuery,
  type MomentQuery,
  metricsQuery,
  momentQuery,
  runParams,
  type SeriesQuery,
  seriesQuery,
} from './query.schema';
import type { QueryRoom } from './query-room';
import { ROOM } from './room-token';
import { bucketsBody, runBucketsOf } from './run-buckets';
import { writersAnswerOf } from './writer-answers';

type OfRun = { run: string };
const curvePlace = z.tuple([z.int().min(0), z.tuple([z.string(), z.string(), z.string()]).nullable()]);
const FIRST = [0, null] as const;
/** As of a moment, whether there was such a run is asked of its facts, too. */
const usesOf = ({ as_of }: { as_of?: string | undefined }): Use[] =>
  as_of === undefined ? ['series'] : ['series', 'runs'];
const unique = (keys: readonly string[]): string[] => [...new Set(keys)];

@Controller('api/v1/runs/:run')
export class SeriesController {
  constructor(@Inject(ROOM) private readonly room: QueryRoom) {}

  @Get('metrics')
  @Permission('runs:read', 'project')
  @ApiRoute({
    summary: 'Metrics of a run by name, with their latest values: the one at the greatest step, time and value',
    params: runParams,
    query: metricsQuery,
    response: metricsAnswer,
  })
  async metrics(
    @Caller() who: Principal,
    @Params() { run }: OfRun,
    @Query() query: MetricsQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const { pages, series, settle, runOf, reached } = this.room;
    const { workspace } = who;
    const { key: names, search, prefix, limit, page_token, as_of } = query;
    const list = ['metrics', workspace, run, names, search, prefix, as_of];
    const after = pages.open(list, page_token, z.string());
    const asOf = await settle(reply, { workspace, run, uses: usesOf(query) }, query);
    const { metrics, last } = await series.latest(await reached(who, run), {
      after,
      limit,
      names,
      search,
      prefix,
      asOf,
    });
    if (metrics.length === 0) await runOf(who, run, asOf);
    const expired = await this.#expiredOf(workspace, run, asOf === undefined);
    return { run, ...expired, metrics, nextPageToken: last === null ? null : pages.seal(list, last) };
  }

  @Get('series')
  @Permission('runs:read', 'project')
  @ApiRoute({
    summary: 'Points as they were logged, by step, time and arrival',
    params: runParams,
    query: seriesQuery,
    response: seriesAnswer,
  })
  async points(
    @Caller() who: Principal,
    @Params() { run }: OfRun,
    @Query() query: SeriesQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const { pages, series, settle, runOf, reached } = this.room;
    const { workspace } = who;
    const { from, to, limit, page_token, as_of } = query;
    const keys = unique(query.key);
    const list = ['series', workspace, run, keys, String(from), String(to), as_of];
    const start = pages.open(list, page_token, curvePlace) ?? FIRST;
    const asOf = await settle(reply, { workspace, run, uses: usesOf(query) }, query);
    const { curves, next } = await series.curves(await reached(who, run), { keys, from, to, start, limit, asOf });
    if (curves.every(({ steps }) => steps.length === 0)) await runOf(who, run, asOf);
    const expired = await this.#expiredOf(
      workspace,
      run,
      curves.some(({ steps }) => steps.length > 0),
    );
    return { run, ...expired, series: curves, nextPageToken: next === null ? null : pages.seal(list, next) };
  }

  @Get('writers')
  @Permission('runs:read', 'project')
  @ApiRoute({
    summary:
      'Segments and ranks of a run: how far each writer has come, who lags, what a restart has superseded, and forks',
    params: runParams,
    query: momentQuery,
    response: writersAnswer,
  })
  async writers(
    @Caller() who: Principal,
    @Params() { run }: OfRun,
    @Query() query: MomentQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const { series, settle, runOf, reached } = this.room;
    const { workspace } = who;
    const asOf = await settle(reply, { workspace, run, uses: ['runs', 'series'] }, query);
    const found = await series.writers(await reached(who, run), asOf);
    if (found.segments.length === 0) await runOf(who, run, asOf);
    return { run, ...writersAnswerOf(found) };
  }

  @Get('series/buckets')
  @Permission('runs:read', 'project')
  @ApiRoute({
    summary: 'Curves in buckets of steps, which keep every spike',
    params: runParams,
    query: bucketsQuery,
    response: bucketsAnswer,
  })
  async buckets(
    @Caller() who: Principal,
    @Params() { run }: OfRun,
    @Query() query: BucketsQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const { charts, settle, runOf, reached } = this.room;
    const { workspace } = who;
    const keys = unique(query.key);
    const asOf = await settle(reply, { workspace, run, uses: usesOf(query) }, query);
    await reached(who, run);
    const answer = runBucketsOf(keys, await charts.buckets(who, bucketsBody(run, keys, query), asOf));
    if (answer.from === null || answer.series.every((one) => one.buckets.length === 0)) await runOf(who, run, asOf);
    const hasPoints = answer.series.some(({ buckets }) => buckets.length > 0);
    return { run, ...(await this.#expiredOf(workspace, run, hasPoints)), ...answer };
  }

  /** Asked only where something may be missing: points that are there have not expired, or are seconds from it. */
  async #expiredOf(workspace: string, run: string, isWhole: boolean) {
    if (isWhole) return {};
    const expired = (await this.room.expiries.expiriesOf(workspace, [run])).find(({ what }) => what === 'points');
    return expired === undefined ? {} : { expired };
  }
}
