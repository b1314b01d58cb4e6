import { Controller, Get, Inject } from '@nestjs/common';
import { Caller, Permission, type Principal } from '@runledger/access';
import {
  accessEventsAnswer,
  grantsAnswer,
  keysAnswer,
  serviceAccountsAnswer,
  trustsAnswer,
} from '@runledger/contracts/http';
import { ApiRoute, Query } from '@runledger/http';
import { z } from 'zod';
import { type PageQuery, pageQuery } from './query.schema';
import type { QueryRoom } from './query-room';
import { ROOM } from './room-token';

/** Who may what in the workspace, as the journal has it: never behind, so that nothing is waited for. */
@Controller('api/v1')
export class AccessController {
  constructor(@Inject(ROOM) private readonly room: QueryRoom) {}

  @Get('service-accounts')
  @Permission('access:read')
  @ApiRoute({ summary: 'Service accounts, by name', response: serviceAccountsAnswer })
  async accounts(@Caller() { workspace }: Principal) {
    return { serviceAccounts: await this.room.access.accounts(workspace) };
  }

  @Get('keys')
  @Permission('access:read')
  @ApiRoute({
    summary: 'API keys, without the keys themselves, in the order in which they were made',
    response: keysAnswer,
  })
  async keys(@Caller() { workspace }: Principal) {
    return { keys: await this.room.access.keys(workspace) };
  }

  @Get('grants')
  @Permission('access:read')
  @ApiRoute({ summary: 'Who is granted and denied which role, and where', response: grantsAnswer })
  async grants(@Caller() { workspace }: Principal) {
    return { grants: await this.room.access.grants(workspace) };
  }

  @Get('trusts')
  @Permission('access:read')
  @ApiRoute({ summary: 'By which rules jobs of trusted issuers act as service accounts', response: trustsAnswer })
  async trusts(@Caller() { workspace }: Principal) {
    const trusts = await this.room.access.trusts(workspace);
    return { trusts: trusts.map(({ status: _, projects = null, ...trust }) => ({ ...trust, projects })) };
  }

  @Get('access/events')
  @Permission('access:read')
  @ApiRoute({
    summary:
      'What became of access, newest first: accounts, keys, grants, rules for jobs, sessions, refusals and exports, each with its actor',
    query: pageQuery,
    response: accessEventsAnswer,
  })
  async events(@Caller() { workspace }: Principal, @Query() { limit, page_token }: PageQuery) {
    const { pages, access } = this.room;
    const list = ['access-events', workspace];
    const before = pages.open(list, page_token, z.int());
    const rows = await access.events(workspace, { before, limit: limit + 1 });
    const shown = rows.slice(0, limit);
    const last = rows.length > limit ? shown.at(-1) : undefined;
    return {
      events: shown.map(({ journalseq, actor, event: { id, type, time, data } }) => ({
        id,
        type,
        time,
        actor,
        journalseq,
        data,
      })),
      nextPageToken: last === undefined ? null : pages.seal(list, last.journalseq),
    };
  }
}
