import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import { isFault, type Logger } from '@runledger/kernel';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { answerOf, answerOfStatus, type ErrorAnswer, type WrittenError } from './error-answer';
import type { WriteError } from './error-dialect';

export function sendError(reply: FastifyReply, { status, headers, body }: WrittenError): void {
  // What the route had said about its own answer does not fit this one.
  for (const name of ['content-length', 'content-disposition', 'content-range', 'accept-ranges', 'etag'])
    reply.removeHeader(name);
  reply.status(status).headers(headers).header('content-type', 'application/json; charset=utf-8');
  reply.send(JSON.stringify(body));
}

/** The only exception filter: every failure of every route leaves in one shape. */
@Catch()
export class FaultFilter implements ExceptionFilter {
  constructor(
    private readonly logger: Logger,
    private readonly write: WriteError,
    /** The methods that a URL's path has routes for. */
    private readonly allowed: (url: string) => readonly string[],
    /** What an answer of this status waits for; undefined when it goes at once. */
    private readonly refusing: (request: FastifyRequest, status: number) => Promise<void> | undefined,
  ) {}

  /** RFC 9110, 15.5.6: a path that is known for other methods says which. */
  #answer(error: unknown, request: FastifyRequest): ErrorAnswer {
    const methods = request.is404 && !isFault(error) ? this.allowed(request.url) : [];
    if (methods.length === 0 || methods.includes(request.method)) return answerOf(error);
    const refused = answerOfStatus(405);
    return { ...refused, headers: { ...refused.headers, allow: methods.join(', ') } };
  }

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    const answer = this.#answer(error, request);
    const route = request.routeOptions?.url;
    if (answer.ours) this.logger.error({ err: error, method: request.method, route }, 'a request failed by our fault');
    else if (answer.status > 501)
      this.logger.warn({ err: error, method: request.method, route }, 'a request was put off');
    const send = (): void => {
      if (reply.sent || reply.raw.headersSent) reply.raw.destroy();
      else sendError(reply, this.write(request.url, answer));
    };
    const waiting = this.refusing(request, answer.status);
    if (waiting === undefined) send();
    else void waiting.then(send);
  }
}
