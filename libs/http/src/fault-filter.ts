import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import type { Logger } from '@runledger/kernel';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { answerOf, type WrittenError } from './error-answer';
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
  ) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    const answer = answerOf(error);
    const route = request.routeOptions?.url;
    if (answer.ours) this.logger.error({ err: error, method: request.method, route }, 'a request failed by our fault');
    else if (answer.status > 501)
      this.logger.warn({ err: error, method: request.method, route }, 'a request was put off');
    if (reply.sent || reply.raw.headersSent) reply.raw.destroy();
    else sendError(reply, this.write(request.url, answer));
  }
}
