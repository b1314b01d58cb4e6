import { Controller, Get, Inject, Post, Res } from '@nestjs/common';
import { cookieOf, Public, SESSION_COOKIE } from '@runledger/access';
import { entityId } from '@runledger/contracts';
import { issuersAnswer, logoutTokenBody, signedOutAnswer } from '@runledger/contracts/http';
import { ApiRoute, type Body, checkInput, Params, Query, RawBody } from '@runledger/http';
import { Fault, isFault } from '@runledger/kernel';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { noSessionCookie, noUnderWayCookie, sessionCookie, underWayCookie, underWayOf } from './cookies';
import { formFieldsOf } from './form-fields';
import { PEOPLE_ROOM, type PeopleRoom } from './people-room';
import type { RelyingParty } from './relying-party';

const LONGEST_BODY = 32 * 1024;
const issuerParams = z.strictObject({ issuer: entityId });
type IssuerParams = z.output<typeof issuerParams>;
/** A path of this server, whatever browsers make of backslashes and of two slashes. */
const signInQuery = z.strictObject({
  to: z
    .string()
    .max(2_000)
    .regex(/^\/(?![/\\])[\x21-\x7e]*$/, { error: 'must be a path of this server' })
    .default('/'),
});
/** What providers add beyond the code and the state is theirs. */
const callbackQuery = z.looseObject({ code: z.string().optional(), state: z.string().optional() });

function sendTo(reply: FastifyReply, url: URL, cookies: readonly string[]): string {
  reply.status(303).headers({ location: url.href, 'set-cookie': [...cookies] });
  return '';
}

/** How a person gets from the web interface to a provider and back, and out again. */
@Controller('auth')
export class SignInController {
  constructor(@Inject(PEOPLE_ROOM) private readonly room: PeopleRoom) {}

  @Get('issuers')
  @Public()
  @ApiRoute({ summary: 'By whom people can sign in', response: issuersAnswer })
  issuers() {
    const issuers = [...this.room.parties.values()].map(({ provider: { id, title } }) => ({ id, title }));
    return { issuers, localAccounts: this.room.local !== null };
  }

  #partyOf(issuer: string): RelyingParty {
    const party = this.room.parties.get(issuer);
    if (party === undefined) throw new Fault('missing', 'PEOPLE_NO_ISSUER', 'nobody signs in by that name here');
    return party;
  }

  @Get('login/:issuer')
  @Public()
  @ApiRoute({
    summary: 'To the provider, to sign in',
    status: 303,
    params: issuerParams,
    query: signInQuery,
    response: 'text/plain',
  })
  async login(
    @Params() { issuer }: IssuerParams,
    @Query() { to }: z.output<typeof signInQuery>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const { url, under } = await this.#partyOf(issuer).begin(to);
    return sendTo(reply, url, [underWayCookie(under)]);
  }

  @Get('callback/:issuer')
  @Public()
  @ApiRoute({
    summary: 'Back from the provider; a sign-in that is refused ends at the page to sign in',
    status: 303,
    params: issuerParams,
    query: callbackQuery,
    response: 'text/plain',
  })
  async callback(
    @Params() { issuer }: IssuerParams,
    @Query() _answer: unknown,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const party = this.#partyOf(issuer);
    const { url, headers } = reply.request;
    const under = underWayOf(headers.cookie);
    try {
      if (under === undefined || under.issuer !== issuer)
        throw new Fault(
          'unauthenticated',
          'PEOPLE_NOT_BEGUN',
          'this browser has not begun to sign in, or too long ago',
        );
      const { search } = this.room.addressOf(url);
      const answer = this.room.addressOf(`/auth/callback/${issuer}${search}`);
      const token = await this.room.openFor(party, await party.finish(under, answer));
      await this.#closeOf(headers.cookie);
      const cookies = [sessionCookie(token, this.room.options.sessionSeconds), noUnderWayCookie];
      return sendTo(reply, this.room.addressOf(under.to), cookies);
    } catch (error) {
      if (!isFault(error) || error.kind === 'bug') throw error;
      this.room.refusals.ofSignIn(party.provider.workspace, issuer, error.code);
      return sendTo(reply, this.room.addressOf(`/#refused=${error.code}`), [noUnderWayCookie]);
    }
  }

  async #closeOf(cookies: string | undefined): Promise<void> {
    const token = cookieOf(cookies, SESSION_COOKIE);
    if (token !== undefined) await this.room.close(token);
  }

  @Post('backchannel-logout/:issuer')
  @Public()
  @ApiRoute({
    summary: 'Told by a provider: whom it has signed out (OpenID Connect Back-Channel Logout 1.0)',
    params: issuerParams,
    body: { types: { 'application/x-www-form-urlencoded': logoutTokenBody }, limit: LONGEST_BODY },
    response: 'text/plain',
  })
  async signedOut(
    @Params() { issuer }: IssuerParams,
    @RawBody() body: Body,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const party = this.#partyOf(issuer);
    const { logout_token } = checkInput(logoutTokenBody, formFieldsOf(body), 'body');
    reply.header('cache-control', 'no-store');
    try {
      await this.room.closeSignedOut(party, await party.signedOut(logout_token));
    } catch (error) {
      // A token that cannot be trusted is a bad request (2.8).
      if (!isFault(error) || error.kind !== 'unauthenticated') throw error;
      throw new Fault('invalid', error.code, error.message, { cause: error });
    }
    return '';
  }

  @Post('logout')
  @Public()
  @ApiRoute({
    summary: 'Sign this browser out; the answer says where it signs out at the provider too',
    response: signedOutAnswer,
  })
  async logout(@Res({ passthrough: true }) reply: FastifyReply) {
    const { cookie, origin } = reply.request.headers;
    // As where the guard lets cookies in: a browser says from which page it writes, and serveHttp has looked at that.
    if (origin === undefined) throw new Fault('forbidden', 'ACCESS_NO_ORIGIN', 'say from which page: send Origin');
    const token = cookieOf(cookie, SESSION_COOKIE);
    const session = token === undefined ? null : await this.room.sessions.find(token);
    reply.header('set-cookie', noSessionCookie);
    if (token === undefined || session === null) return { redirect: null };
    await this.room.close(token);
    const person = await this.room.people.byActor(session.workspace, session.actor);
    const party = this.room.parties.get(person?.issuer ?? '');
    const url = await party?.end(this.room.addressOf('/').href);
    return { redirect: url?.href ?? null };
  }
}
