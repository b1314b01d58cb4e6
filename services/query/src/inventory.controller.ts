import { Controller, Get, Inject, Res } from '@nestjs/common';
import { Caller, Permission, type Principal } from '@runledger/access';
import { inventoryAnswer } from '@runledger/contracts/http';
import { ApiRoute, Query } from '@runledger/http';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { inventoryEntryOf } from './governance-answers';
import { type InventoryQuery, inventoryQuery } from './query.schema';
import type { QueryRoom } from './query-room';
import { ROOM } from './room-token';

/** Models with their owners, validators and reviews. */
@Controller('api/v1/inventory')
export class InventoryController {
  constructor(@Inject(ROOM) private readonly room: QueryRoom) {}

  @Get()
  @Permission('runs:read')
  @ApiRoute({
    summary: 'Models in the inventory, in the order in which they were registered',
    query: inventoryQuery,
    response: inventoryAnswer,
  })
  async list(
    @Caller() { workspace }: Principal,
    @Query() query: InventoryQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const { pages, metadata, settle } = this.room;
    const { limit, page_token, overdue } = query;
    const list = ['inventory', workspace, overdue];
    const after = pages.open(list, page_token, z.string());
    await settle(reply, { workspace, uses: ['catalog'] }, query);
    const today = new Date().toISOString().slice(0, 10);
    const before = overdue ? today : undefined;
    const rows = await metadata.listInventory(workspace, { after, limit: limit + 1, before });
    const shown = rows.slice(0, limit);
    const models = await metadata.modelsByIds(
      workspace,
      shown.map(({ id }) => id),
    );
    const nameOf = new Map(models.map(({ id, value }) => [id, value.name]));
    const last = rows.length > limit ? shown.at(-1) : undefined;
    return {
      models: shown.map((row) => inventoryEntryOf(row, nameOf.get(row.id) ?? row.id, today)),
      nextPageToken: last === undefined ? null : pages.seal(list, last.id),
    };
  }
}
