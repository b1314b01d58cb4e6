import { Controller, Get, Inject, Res } from '@nestjs/common';
import { Caller, Permission, type Principal } from '@runledger/access';
import { isEveryProject, workspaceId } from '@runledger/contracts';
import { ApiRoute, Params } from '@runledger/http';
import { Fault } from '@runledger/kernel';
import { tileOfPath } from '@runledger/merkle';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { NOTARY_ROOM, type NotaryRoom } from './notary-room';

const TEXT = 'text/plain; charset=utf-8';
const BYTES = 'application/octet-stream';
const NOT_KEPT = 'private, no-cache';
/** Tiles never change (C2SP tlog-tiles); they are kept by who asked, since a log is for those who may read it. */
const KEPT = 'private, max-age=31536000, immutable';

const logParams = z.strictObject({ workspace: workspaceId });
const tileParams = z.strictObject({ workspace: workspaceId, path: z.string().max(100) });
/** Another workspace's log looks as if it were not there. */
function checkOwn({ workspace: own }: Principal, workspace: string): void {
  if (own !== workspace) throw new Fault('missing', 'NOTARY_NO_LOG', 'this workspace has no log, or nothing in it yet');
}

/** The log as static files (C2SP tlog-tiles). Checkpoints and hashes tell of nobody; entries tell of all projects. */
@Controller()
export class LogController {
  constructor(@Inject(NOTARY_ROOM) private readonly room: NotaryRoom) {}

  @Get('log/:workspace/checkpoint')
  @Permission('runs:read', 'project')
  @ApiRoute({ summary: 'The newest signed checkpoint (C2SP tlog-checkpoint)', params: logParams, response: TEXT })
  async checkpoint(
    @Caller() who: Principal,
    @Params() { workspace }: { workspace: string },
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    checkOwn(who, workspace);
    const { note } = await this.room.log(workspace);
    reply.headers({ 'content-type': TEXT, 'cache-control': NOT_KEPT });
    return note;
  }

  @Get('log/:workspace/vkey')
  @Permission('runs:read', 'project')
  @ApiRoute({
    summary:
      'The key that checkpoints are verified by (C2SP signed-note), and on a second line the next one while keys change',
    params: logParams,
    response: TEXT,
  })
  async verifierKey(
    @Caller() who: Principal,
    @Params() { workspace }: { workspace: string },
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    checkOwn(who, workspace);
    const { verifierKey, nextVerifierKey } = await this.room.log(workspace);
    reply.headers({ 'content-type': TEXT, 'cache-control': NOT_KEPT });
    return [verifierKey, ...(nextVerifierKey === null ? [] : [nextVerifierKey])].map((key) => `${key}\n`).join('');
  }

  @Get('log/:workspace/tile/*')
  @Permission('runs:read', 'project')
  @ApiRoute({
    summary: 'A tile of hashes, or a bundle of entries: <L>/<N>[.p/<W>] or entries/<N>[.p/<W>] (C2SP tlog-tiles)',
    params: tileParams,
    response: BYTES,
  })
  async tile(
    @Caller() who: Principal,
    @Params() { workspace, path }: { workspace: string; path: string },
    @Res() reply: FastifyReply,
  ): Promise<void> {
    checkOwn(who, workspace);
    const tile = tileOfPath(`tile/${path}`);
    if (tile === null) throw new Fault('missing', 'NOTARY_MISSING', 'there is no such tile');
    if (tile.level === 'entries' && !isEveryProject(who.projects))
      throw new Fault(
        'forbidden',
        'NOTARY_NO_ENTRIES',
        'bundles of entries hold leaves of every project of the workspace',
      );
    const bytes = await this.room.tile(workspace, tile);
    reply.headers({ 'content-type': BYTES, 'cache-control': KEPT }).send(bytes);
  }
}
