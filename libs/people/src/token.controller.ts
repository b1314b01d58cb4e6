import { createHash } from 'node:crypto';
import { Controller, Inject, Post, Res } from '@nestjs/common';
import { Caller, cookieOf, Known, type Principal, Public, SESSION_COOKIE } from '@runledger/access';
import { sessionCodeAnswer, sessionCodeBody, tokenAnswer, tokenBody } from '@runledger/contracts/http';
import { ApiRoute, type Body, checkInput, parseStrictJson, RawBody } from '@runledger/http';
import { Fault } from '@runledger/kernel';
import type { FastifyReply } from 'fastify';
import type { z } from 'zod';
import { formFieldsOf } from './form-fields';
import { PEOPLE_ROOM, type PeopleRoom } from './people-room';

type Grant = z.output<typeof tokenBody>;
type Issued = z.output<typeof tokenAnswer>;

/** So long a page may take to hand its code to the terminal. */
const CODE_MS = 60_000;
const LONGEST_BODY = 32 * 1024;
const badGrant = () => new Fault('invalid', 'TOKEN_BAD_GRANT', 'the code is not valid, or was used');

const issued = (token: string, expiresAt: Date): Issued => ({
  access_token: token,
  issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
  token_type: 'Bearer',
  expires_in: Math.max(0, Math.floor((expiresAt.getTime() - Date.now()) / 1_000)),
});

/** Sessions of those that have no browser: terminals, which a signed-in browser allows, and jobs that an issuer vouches for. */
@Controller('api/v1')
export class TokenController {
  constructor(@Inject(PEOPLE_ROOM) private readonly room: PeopleRoom) {}

  @Post('session-codes')
  @Known()
  @ApiRoute({
    summary: 'A code by which a terminal signs in as the person who is signed in by this browser',
    body: { types: { 'application/json': sessionCodeBody }, limit: LONGEST_BODY },
    response: sessionCodeAnswer,
  })
  async promise(@RawBody() { bytes }: Body, @Res({ passthrough: true }) reply: FastifyReply) {
    const { challenge } = checkInput(sessionCodeBody, parseStrictJson(bytes), 'body');
    const { authorization, cookie } = reply.request.headers;
    const token = authorization === undefined ? cookieOf(cookie, SESSION_COOKIE) : undefined;
    const session = token === undefined ? null : await this.room.sessions.find(token);
    if (session === null)
      throw new Fault('conflict', 'TOKEN_NO_SESSION', 'only who signed in by a provider can let a terminal in');
    const expiresAt = new Date(Date.now() + CODE_MS);
    const code = await this.room.sessions.promise({ session: session.id, challenge, expiresAt });
    return { code, expiresAt: expiresAt.toISOString() };
  }

  @Post('token')
  @Public()
  @ApiRoute({
    summary: 'A session for a terminal (RFC 6749, with the code of a browser), or for a job (RFC 8693)',
    body: { types: { 'application/x-www-form-urlencoded': tokenBody }, limit: LONGEST_BODY },
    response: tokenAnswer,
  })
  async token(@RawBody() body: Body): Promise<Issued> {
    const grant = checkInput(tokenBody, formFieldsOf(body), 'body');
    return grant.grant_type === 'authorization_code' ? this.#redeem(grant) : this.#exchange(grant);
  }

  async #redeem({ code, code_verifier }: Extract<Grant, { grant_type: 'authorization_code' }>): Promise<Issued> {
    const made = await this.room.sessions.redeem(code);
    const challenge = createHash('sha256').update(code_verifier).digest('base64url');
    if (made === null || made.challenge !== challenge) throw badGrant();
    const { workspace, actor, grantee_kind: kind, grantee_id: id, groups } = made.session;
    const { sessionSeconds } = this.room.options;
    const expiresAt = new Date(Date.now() + sessionSeconds * 1_000);
    const person = await this.room.people.byActor(workspace, actor);
    if (person === null) throw badGrant();
    const token = await this.room.open(
      {
        kind: 'terminal',
        workspace,
        actor,
        grantee: { kind, id },
        groups,
        scopes: ['admin'],
        projects: null,
        trust: null,
        // Where the browser's session ends by its provider, so does what it let in.
        providerSession: made.session.provider_session,
        idleSeconds: sessionSeconds,
        expiresAt,
      },
      { issuer: person.issuer },
    );
    return issued(token, expiresAt);
  }

  async #exchange({ subject_token, audience }: Extract<Grant, { subject_token: string }>): Promise<Issued> {
    const { issuer, workload, draft } = await this.room.admit(subject_token, audience);
    const token = await this.room.open(draft, { issuer, workload });
    return issued(token, draft.expiresAt);
  }

  @Post('logout')
  @Known()
  @ApiRoute({
    summary: 'End the session by which this is asked; of a browser, POST /auth/logout does',
    response: 'text/plain',
  })
  async logout(@Caller() _who: Principal, @Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    const token = /^Bearer +(\S+)$/i.exec(reply.request.headers.authorization ?? '')?.[1] ?? '';
    if ((await this.room.sessions.find(token)) === null)
      throw new Fault('conflict', 'TOKEN_NO_SESSION', 'this was asked by a key, which is revoked instead');
    await this.room.close(token);
    return '';
  }
}
