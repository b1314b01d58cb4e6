import { Controller, Get, Inject, Res } from '@nestjs/common';
import { Caller, mayDo, Permission, type PermissionName, type Principal } from '@runledger/access';
import { encodePositionToken, isEveryProject, placedThingOf } from '@runledger/contracts';
import { changesAnswer } from '@runledger/contracts/http';
import { ApiRoute, Query } from '@runledger/http';
import { Fault } from '@runledger/kernel';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { type Change, changesOf } from './changes';
import { type ChangesQuery, changesQuery } from './query.schema';
import type { QueryRoom } from './query-room';
import { ROOM } from './room-token';

/** Streams that are shown to those only who may see what they are about, by the beginning of their subjects. */
const GUARDED: ReadonlyArray<readonly [string, PermissionName]> = [
  ['webhook/', 'webhooks:read'],
  ['service-account/', 'access:read'],
  ['grant/', 'access:read'],
  ['access/', 'access:read'],
  ['session/', 'access:read'],
  ['trust/', 'access:read'],
  ['local-account/', 'access:read'],
];

/** Every change by a command. */
@Controller('api/v1/changes')
export class ChangesController {
  constructor(@Inject(ROOM) private readonly room: QueryRoom) {}

  @Get()
  @Permission('runs:read', 'project')
  @ApiRoute({
    summary: 'Every change by a command, newest first: what, by whom, as it was before and after, and its position',
    query: changesQuery,
    response: changesAnswer,
  })
  async list(@Caller() who: Principal, @Query() query: ChangesQuery, @Res({ passthrough: true }) reply: FastifyReply) {
    const { pages, journal } = this.room;
    const { workspace } = who;
    const { limit, page_token, ...narrowed } = query;
    await this.keepToReach(who, narrowed.subject);
    const list = ['changes', workspace, narrowed.subject, narrowed.actor, narrowed.from, narrowed.to];
    const before = pages.open(list, page_token, z.int());
    const without = GUARDED.filter(([, permission]) => !mayDo(who, permission)).map(([beginning]) => beginning);
    const events = await journal.listEvents(workspace, { ...narrowed, without, before, limit: limit + 1 });
    const shown = events.slice(0, limit);
    const last = events.length > limit ? shown.at(-1) : undefined;
    reply.header('runledger-lag', '0'); // the journal itself is read
    return {
      changes: (await changesOf(journal, shown)).map((change) => this.answer(change)),
      nextPageToken: last === undefined ? null : pages.seal(list, last.journalseq),
    };
  }

  /** Of who is kept to projects: what he names, where that lies in them; a list of everything would tell of all. */
  private async keepToReach(who: Principal, subject: string | undefined): Promise<void> {
    if (isEveryProject(who.projects)) return;
    if (subject === undefined)
      throw new Fault(
        'invalid',
        'QUERY_NEEDS_SCOPE',
        'name a subject: you are kept to some projects, and changes are of all',
      );
    if (await this.room.places.inReach(who, placedThingOf(subject))) return;
    throw new Fault('missing', 'QUERY_NO_SUBJECT', 'there is no such subject');
  }

  private answer({ event, rows }: Change) {
    const { workspace, journalseq, id, subject, version, type, actor, recordedtime: time } = event;
    const { incarnation } = this.room.log;
    const position = encodePositionToken({ incarnation, log: [], journal: [{ workspace, journalseq }] });
    return { position, journalseq, event: id, subject, version, type, actor, time, rows };
  }
}
