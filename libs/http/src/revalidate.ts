import { createHash } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

/** What an answer says that may be kept by its client, who asks each time whether it still holds. */
export const REVALIDATED = 'private, no-cache';

/** Whether If-None-Match lists the tag (RFC 9110, 13.1.2: weak comparison). */
const lists = (header: string, tag: string): boolean =>
  header.split(',').some((one) => one.trim().replace(/^W\//, '') === tag);

/** The answer, or nothing where the client has it. */
function revalidated({ method, headers }: FastifyRequest, reply: FastifyReply, payload: unknown): unknown {
  const isRead = method === 'GET' || method === 'HEAD';
  if (!isRead || reply.statusCode !== 200) {
    reply.header('cache-control', 'no-store');
    return payload;
  }
  if (typeof payload !== 'string' || reply.hasHeader('etag')) return payload;
  const tag = `"${createHash('sha256').update(payload).digest('base64url')}"`;
  reply.header('etag', tag);
  if (!lists(headers['if-none-match'] ?? '', tag)) return payload;
  reply.status(304).removeHeader('content-type').removeHeader('content-length');
  return null;
}

/**
 * Answers that are to be revalidated get the digest of their bytes as ETag, and 304 where the client has these bytes. The answer is made
 * each time: one that is another, for whatever reason, has another digest and is sent.
 */
export function revalidateAnswers(instance: FastifyInstance): void {
  instance.addHook('onSend', (request, reply, payload, done) => {
    done(null, reply.getHeader('cache-control') === REVALIDATED ? revalidated(request, reply, payload) : payload);
  });
}
