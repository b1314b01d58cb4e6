import { Controller, Get, Inject, Res } from '@nestjs/common';
import { Caller, Permission, type Principal } from '@runledger/access';
import { webhookAnswer, webhookEntriesAnswer, webhooksAnswer } from '@runledger/contracts/http';
import { ApiRoute, Params, Query } from '@runledger/http';
import { Fault } from '@runledger/kernel';
import type { WebhookRecord } from '@runledger/postgres';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { type FreshQuery, freshQuery, type ListQuery, listQuery, webhookParams } from './query.schema';
import type { QueryRoom } from './query-room';
import { ROOM } from './room-token';
import { webhookAnswerOf, webhookEntryOf } from './webhook-answers';

/** Webhooks, how far their receivers have got, and what there is to be sent. */
@Controller('api/v1')
export class WebhooksController {
  constructor(@Inject(ROOM) private readonly room: QueryRoom) {}

  @Get('webhooks')
  @Permission('webhooks:read', 'project')
  @ApiRoute({ summary: 'Webhooks, newest first', query: listQuery, response: webhooksAnswer })
  async list(@Caller() who: Principal, @Query() query: ListQuery, @Res({ passthrough: true }) reply: FastifyReply) {
    const { settle, pages, metadata } = this.room;
    const { workspace } = who;
    const { limit, page_token } = query;
    const list = ['webhooks', workspace];
    const after = pages.open(list, page_token, z.int());
    await settle(reply, { workspace, uses: ['catalog'] }, query);
    const rows = await metadata.listWebhooks(who, { after, limit: limit + 1 });
    const shown = rows.slice(0, limit);
    const last = rows.length > limit ? shown.at(-1) : undefined;
    return {
      webhooks: await this.answer(workspace, shown),
      nextPageToken: last === undefined ? null : pages.seal(list, last.value.createdSeq),
    };
  }

  @Get('webhooks/:webhook')
  @Permission('webhooks:read', 'project')
  @ApiRoute({ summary: 'One webhook', params: webhookParams, query: freshQuery, response: webhookAnswer })
  async get(
    @Caller() who: Principal,
    @Params() { webhook }: { webhook: string },
    @Query() query: FreshQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const { metadata, places, settle } = this.room;
    const { workspace } = who;
    await settle(reply, { workspace, uses: ['catalog'] }, query);
    const found = await metadata.getWebhook(workspace, webhook);
    if (found === null || !(await places.inReach(who, { kind: 'webhook', id: webhook })))
      throw new Fault('missing', 'QUERY_NO_WEBHOOK', 'there is no such webhook');
    return (await this.answer(workspace, [found]))[0];
  }

  @Get('webhook-entries')
  @Permission('webhooks:read', 'project')
  @ApiRoute({ summary: 'What webhooks are told of, oldest first', query: listQuery, response: webhookEntriesAnswer })
  async entries(@Caller() who: Principal, @Query() query: ListQuery, @Res({ passthrough: true }) reply: FastifyReply) {
    const { settle, pages, webhooks } = this.room;
    const { workspace } = who;
    const { limit, page_token } = query;
    const list = ['webhook-entries', workspace];
    const after = pages.open(list, page_token, z.int()) ?? 0;
    await settle(reply, { workspace, uses: [] }, query);
    const entries = await webhooks.readFeed(who, after, limit);
    const last = entries.length < limit ? undefined : entries.at(-1);
    return {
      entries: entries.map(webhookEntryOf),
      nextPageToken: last === undefined ? null : pages.seal(list, last.place),
    };
  }

  private async answer(workspace: string, rows: readonly WebhookRecord[]) {
    const ids = rows.map(({ id }) => id);
    const states = await this.room.webhooks.readDeliveryStates(workspace, ids);
    return rows.map((row) => webhookAnswerOf(row, states.get(row.id)));
  }
}
