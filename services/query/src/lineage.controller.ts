import { Controller, Get, Inject, Res } from '@nestjs/common';
import { Caller, Permission, type Principal } from '@runledger/access';
import { isEveryProject } from '@runledger/contracts';
import { lineageAnswer } from '@runledger/contracts/http';
import { ApiRoute, Query } from '@runledger/http';
import { Fault } from '@runledger/kernel';
import type { AsOf, LineageNode } from '@runledger/postgres';
import type { FastifyReply } from 'fastify';
import { readLineage } from './lineage';
import { parseNode } from './lineage-node';
import { withinReach } from './lineage-within-reach';
import { type LineageQuery, lineageQuery } from './query.schema';
import type { QueryRoom } from './query-room';
import { ROOM } from './room-token';

const noNode = (): Fault => new Fault('missing', 'QUERY_NO_NODE', 'there is no such thing in the lineage');

@Controller('api/v1/lineage')
export class LineageController {
  constructor(@Inject(ROOM) private readonly room: QueryRoom) {}

  @Get()
  @Permission('runs:read', 'project')
  @ApiRoute({
    summary:
      'What something was made of, and what was made of it: runs, datasets, models, artifacts, things in other systems',
    query: lineageQuery,
    response: lineageAnswer,
  })
  async lineage(
    @Caller() who: Principal,
    @Query() query: LineageQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const { workspace } = who;
    const named = parseNode(query.node);
    const asOf = await this.room.settle(reply, { workspace, uses: ['runs', 'catalog'] }, query);
    const node = await this.#known(who, named, asOf);
    const { direction, depth } = query;
    const { lineage } = this.room;
    const reads = isEveryProject(who.projects)
      ? lineage
      : withinReach(lineage, (nodes) => this.#reached(who, nodes, asOf));
    return readLineage(reads, { workspace, asOf, node, direction, depth });
  }

  /**
   * Those of the things that who is kept to projects may be told of: runs and logged models there, and what runs name, which is found by way of
   * these. Versions are of the registry, which is the workspace's; and whose bytes are the same is nobody's business.
   */
  async #reached(who: Principal, nodes: readonly LineageNode[], asOf: AsOf | undefined): Promise<LineageNode[]> {
    const idsOf = (kind: LineageNode['kind']) => nodes.flatMap((one) => (one.kind === kind ? [one.id[0] ?? ''] : []));
    const runs = new Set(await this.room.reachedAmong(who, idsOf('run'), asOf));
    const models = await this.room.reachedLoggedModels(who, idsOf('logged-model'), asOf);
    return nodes.filter(({ kind, id: [id = ''] }) => {
      if (kind === 'run') return runs.has(id);
      if (kind === 'logged-model') return models.has(id);
      return kind === 'dataset' || kind === 'external';
    });
  }

  /** A run must be there, and a version is found by its model's name; anything else may be named by nobody yet. */
  async #known(who: Principal, node: LineageNode, asOf: AsOf | undefined): Promise<LineageNode> {
    const { workspace } = who;
    if (!isEveryProject(who.projects) && (await this.#reached(who, [node], asOf)).length === 0) throw noNode();
    const [name = '', number = ''] = node.id;
    if (node.kind === 'run') await this.room.runOf(who, name, asOf);
    if (node.kind !== 'version') return node;
    const model = await this.room.metadata.findModel(workspace, name, asOf);
    if (model === null) throw new Fault('missing', 'QUERY_NO_MODEL', 'there is no such model');
    return { kind: 'version', id: [model.id, number] };
  }
}
