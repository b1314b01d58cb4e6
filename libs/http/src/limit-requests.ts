import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { accessOf, callerOf } from '@runledger/access';
import type { Limits, Quota } from '@runledger/limits';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { policyField, standingField } from './rate-limit-fields';

const READ_SINCE = Symbol('runledger.read-since');
type Counted = { [READ_SINCE]?: number };
/** What a connection had received when its last answer had ended. */
const RECEIVED = Symbol('runledger.received');
type Connection = { readonly bytesRead: number; [RECEIVED]?: number };

function isRead(context: ExecutionContext): boolean {
  const access = accessOf(context.getHandler());
  return typeof access === 'object' && access.permission.endsWith(':read');
}

/** A body without a length is counted when it has come: what the connection has received until then. */
const isUnannounced = ({ headers }: FastifyRequest): boolean => headers['transfer-encoding'] !== undefined;

/**
 * Refuses who has had enough before a byte of the body is read, and counts what is known only when the answer has ended: bodies
 * without a length, and how long a read took. Streams of events are open for hours and count as requests only.
 */
export function createRequestLimits(limits: Limits) {
  const policy = policyField(limits);

  async function take(request: FastifyRequest & Counted, read: boolean): Promise<Quota | undefined> {
    const who = callerOf(request);
    if (who === undefined) return undefined;
    const bytes = Number(request.headers['content-length'] ?? 0);
    const standing = await limits.take(who, 'requests', 1);
    if (bytes > 0) await limits.take(who, 'bytes', bytes);
    else if (isUnannounced(request)) await limits.take(who, 'bytes', 0);
    if (read) {
      await limits.take(who, 'read-ms', 0);
      request[READ_SINCE] = performance.now();
    }
    return standing;
  }

  const guard: CanActivate = {
    async canActivate(context) {
      const http = context.switchToHttp();
      const reply = http.getResponse<FastifyReply>();
      if (policy !== '') reply.header('ratelimit-policy', policy);
      const standing = await take(http.getRequest<FastifyRequest>(), isRead(context));
      if (standing !== undefined) reply.header('ratelimit', standingField(standing));
      return true;
    },
  };

  function ended(request: FastifyRequest & Counted, reply: FastifyReply): void {
    const who = callerOf(request);
    const connection: Connection = request.raw.socket;
    const received = connection.bytesRead - (connection[RECEIVED] ?? 0);
    connection[RECEIVED] = connection.bytesRead;
    if (who === undefined) return;
    if (isUnannounced(request)) limits.charge(who, 'bytes', received);
    const since = request[READ_SINCE];
    const isFeed = String(reply.getHeader('content-type')).startsWith('text/event-stream');
    if (since !== undefined && !isFeed) limits.charge(who, 'read-ms', performance.now() - since);
  }
  return { guard, ended };
}
