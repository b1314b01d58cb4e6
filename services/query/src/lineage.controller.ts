import { Controller, Get, Inject, Res } from '@nestjs/common';
import { Caller, Permission, type Principal } from '@runledger/access';
import { wholeWorkspace } from '@runledger/contracts';
import { lineageAnswer } from '@runledger/contracts/http';
import { ApiRoute, Query } from '@runledger/http';
import { Fault } from '@runledger/kernel';
import type { AsOf, LineageNode } from '@runledger/postgres';
import type { FastifyReply } from 'fastify';
import { readLineage } from './lineage';
import { parseNode } from './lineage-node';
import { type LineageQuery, lineageQuery } from './query.schema';
import type { QueryRoom } from './query-room';
import { ROOM } from './room-token';

@Controller('api/v1/lineage')
export class LineageController {
  constructor(@Inject(ROOM) private readonly room: QueryRoom) {}

  @Get()
  @Permission('runs:read')
  @ApiRoute({
    summary:
      'What something was made of, and what was made of it: runs, datasets, models, artifacts, things in other systems',
    query: lineageQuery,
    response: lineageAnswer,
  })
  async lineage(
    @Caller() { workspace }: Principal,
    @Query() query: LineageQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const named = parseNode(query.node);
    const asOf = await this.room.settle(reply, { workspace, uses: ['runs', 'catalog'] }, query);
    const node = await this.#known(workspace, named, asOf);
    const { direction, depth } = query;
    return readLineage(this.room.lineage, { workspace, asOf, node, direction, depth });
  }

  /** A run must be there, and a version is found by its model's name; anything else may be named by nobody yet. */
  async #known(workspace: string, node: LineageNode, asOf: AsOf | undefined): Promise<LineageNode> {
    const [name = '', number = ''] = node.id;
    if (node.kind === 'run') await this.room.runOf(wholeWorkspace(workspace), name, asOf);
    if (node.kind !== 'version') return node;
    const model = await this.room.metadata.findModel(workspace, name, asOf);
    if (model === null) throw new Fault('missing', 'QUERY_NO_MODEL', 'there is no such model');
    return { kind: 'version', id: [model.id, number] };
  }
}
