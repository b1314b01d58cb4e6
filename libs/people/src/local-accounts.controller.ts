import { Controller, Delete, Get, Inject, Post, Res } from '@nestjs/common';
import { Caller, cookieOf, Permission, type Principal, Public, SESSION_COOKIE } from '@runledger/access';
import {
  localAccountAnswer,
  localAccountBody,
  localAccountParams,
  localAccountsAnswer,
  localSignInBody,
} from '@runledger/contracts/http';
import { ApiRoute, type Body, checkInput, Params, parseStrictJson, RawBody } from '@runledger/http';
import { Fault, isFault } from '@runledger/kernel';
import type { FastifyReply } from 'fastify';
import { sessionCookie } from './cookies';
import { LOCAL_ISSUER } from './issuers';
import type { LocalAccounts } from './local-accounts';
import { PEOPLE_ROOM, type PeopleRoom } from './people-room';

const LONGEST_BODY = 8 * 1024;
/** Whose accounts a stranger has tried is not known. */
const REFUSED_IN = 'default';

/** People of this machine, where there is no provider: who they are, and how they sign in. */
@Controller()
export class LocalAccountsController {
  constructor(@Inject(PEOPLE_ROOM) private readonly room: PeopleRoom) {}

  #accounts(): LocalAccounts {
    const { local } = this.room;
    if (local === null)
      throw new Fault('missing', 'PEOPLE_NO_LOCAL_ACCOUNTS', 'there are none here: RUNLEDGER_LOCAL_ACCOUNTS is off');
    return local;
  }

  @Get('api/v1/local-accounts')
  @Permission('access:read')
  @ApiRoute({ summary: 'People who sign in by passwords of this server, by name', response: localAccountsAnswer })
  async list(@Caller() { workspace }: Principal) {
    return { localAccounts: await this.#accounts().list(workspace) };
  }

  @Post('api/v1/local-accounts')
  @Permission('access:write')
  @ApiRoute({
    summary: 'Let somebody sign in by a password, or give another one; what is granted to the person counts',
    body: { types: { 'application/json': localAccountBody }, limit: LONGEST_BODY },
    response: localAccountAnswer,
  })
  async set(@Caller() who: Principal, @RawBody() { bytes }: Body) {
    return this.#accounts().set(who, checkInput(localAccountBody, parseStrictJson(bytes), 'body'));
  }

  @Delete('api/v1/local-accounts/:account')
  @Permission('access:write')
  @ApiRoute({
    summary: 'Let somebody sign in by a password no more',
    params: localAccountParams,
    response: localAccountAnswer,
  })
  async remove(@Caller() who: Principal, @Params() { account }: { account: string }) {
    return this.#accounts().remove(who, account);
  }

  @Post('auth/local')
  @Public()
  @ApiRoute({
    summary: 'Sign this browser in by a password',
    body: { types: { 'application/json': localSignInBody }, limit: LONGEST_BODY },
    response: 'text/plain',
  })
  async signIn(@RawBody() { bytes }: Body, @Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    const accounts = this.#accounts();
    const { origin, cookie } = reply.request.headers;
    // serveHttp has compared it with this server's names: no other page can sign a browser in as somebody else.
    if (origin === undefined) throw new Fault('forbidden', 'ACCESS_NO_ORIGIN', 'say from which page: send Origin');
    const { name, password } = checkInput(localSignInBody, parseStrictJson(bytes), 'body');
    const token = await accounts.signIn(name, password).catch((error: unknown) => {
      if (isFault(error) && error.kind === 'unauthenticated')
        this.room.refusals.ofSignIn(REFUSED_IN, LOCAL_ISSUER, error.code);
      throw error;
    });
    const before = cookieOf(cookie, SESSION_COOKIE);
    if (before !== undefined) await this.room.close(before);
    reply.header('set-cookie', sessionCookie(token, this.room.options.sessionSeconds));
    return '';
  }
}
