import { Controller, Inject, Post, Res } from '@nestjs/common';
import { Caller, Permission, type Principal } from '@runledger/access';
import { type FingerprintsBody, fingerprintsAnswer, fingerprintsBody } from '@runledger/contracts/http';
import { fingerprintOf } from '@runledger/fingerprint';
import { ApiRoute, type Body, checkInput, parseStrictJson, Query, RawBody } from '@runledger/http';
import type { FastifyReply } from 'fastify';
import { runAnswerOf } from './answers';
import { type MomentQuery, momentQuery } from './query.schema';
import type { QueryRoom } from './query-room';
import { ROOM } from './room-token';

const LIMIT = 8_000_000;
const MOST_RUNS = 100;

function askedFor(body: FingerprintsBody): string | null {
  if ('fingerprint' in body) return body.fingerprint;
  const { commit = null, dirty = null, diffDigest = null } = body.code ?? {};
  return fingerprintOf({
    params: new Map(Object.entries(body.params).map(([key, value]) => [key, String(value)])),
    code: body.code === undefined ? null : { commit, dirty, diffDigest },
    inputs: body.inputs,
  });
}

@Controller('api/v1/fingerprints')
export class FingerprintsController {
  constructor(@Inject(ROOM) private readonly room: QueryRoom) {}

  @Post()
  @Permission('runs:read', 'project')
  @ApiRoute({
    summary: 'Runs that did the same work: the same params, code and data',
    query: momentQuery,
    body: { types: { 'application/json': fingerprintsBody }, limit: LIMIT },
    response: fingerprintsAnswer,
  })
  async find(
    @Caller() who: Principal,
    @RawBody() { bytes }: Body,
    @Query() query: MomentQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const fingerprint = askedFor(checkInput(fingerprintsBody, parseStrictJson(bytes), 'body'));
    const asOf = await this.room.settle(reply, { workspace: who.workspace, uses: ['runs'] }, query);
    if (fingerprint === null) return { fingerprint, runs: [] };
    const { metadata, search } = this.room;
    const names = await metadata.runsOfFingerprint(who, fingerprint, { limit: MOST_RUNS, asOf });
    const runs = await search.load(who, names, {}, asOf);
    return { fingerprint, runs: runs.map(runAnswerOf) };
  }
}
