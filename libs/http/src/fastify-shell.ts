import type { IncomingMessage, ServerResponse } from 'node:http';
import { callerOf } from '@runledger/access';
import { Fault, workFor } from '@runledger/kernel';
import type { OpenAnswer } from '@runledger/personal';
import { type FastifyInstance, type FastifyReply, type FastifyRequest, fastify } from 'fastify';
import type { BodyReader } from './body-reader';
import { answerOf } from './error-answer';
import type { WriteError } from './error-dialect';
import { exactJson } from './exact-json';
import { sendError } from './fault-filter';
import { BareConnections } from './refuse-connection';
import { setBodyReader } from './request-input';
import { revalidateAnswers } from './revalidate';
import type { Tls } from './tls';

type ShellParts = Readonly<{
  limits: Readonly<{ headersMs: number; idleMs: number; requestMs: number }>;
  bodies: BodyReader;
  hostOf: (request: Pick<IncomingMessage, 'headers' | 'socket'>) => string;
  checkHost: (method: string, host: string, origin: string | undefined) => void;
  tls: Tls | undefined;
  /** Told of every request whose answer has ended. */
  ended: (request: FastifyRequest, reply: FastifyReply) => void;
  writeError: WriteError;
  openAnswer: OpenAnswer | undefined;
}>;

export type FastifyOfOurs = Readonly<{
  instance: FastifyInstance;
  /** Every route that Fastify really has, whoever added it. */
  routes: ReadonlyArray<{ method: string; url: string }>;
  stopTaking(): void;
}>;

/** An artifact's path has up to 1,000 characters, each of which may take nine in a URL. */
const MAX_PARAM_LENGTH = 9_000;
const MAX_HEADER_BYTES = 16 * 1024;
/** What is left of a body after its refusal is read for so long, so that the client gets to see why. */
const REFUSED_BODY_MS = 5_000;

const SECURITY_HEADERS = {
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
};

/** RFC 6797: for half a year nobody speaks plainly to this name again. */
const HSTS = { 'strict-transport-security': 'max-age=15552000' };

/** Aborted when the connection breaks before the answer is out. */
function goneSignal(answer: ServerResponse): AbortSignal {
  const gone = new AbortController();
  const look = (): void => {
    if (!answer.writableFinished) gone.abort();
  };
  if (answer.destroyed) look();
  else answer.once('close', look);
  return gone.signal;
}

/** Fastify as we want it under Nest: bodies are left alone until the guard has let the caller in. */
export function createFastify({ limits, bodies, ended, writeError, ...parts }: ShellParts): FastifyOfOurs {
  const { hostOf, checkHost, tls, openAnswer } = parts;
  const server = {
    maxHeaderSize: MAX_HEADER_BYTES,
    headersTimeout: limits.headersMs,
    connectionsCheckingInterval: Math.min(5_000, limits.headersMs),
  };
  const connections = new BareConnections(writeError);
  const securityHeaders = tls === undefined ? SECURITY_HEADERS : { ...SECURITY_HEADERS, ...HSTS };
  const instance = fastify({
    logger: false,
    requestTimeout: limits.requestMs,
    connectionTimeout: limits.idleMs,
    ...(tls === undefined ? { http: server } : { https: { ...server, ...tls, minVersion: 'TLSv1.2' as const } }),
    routerOptions: { maxParamLength: MAX_PARAM_LENGTH },
    return503OnClosing: false,
    clientErrorHandler: (error, socket) => connections.refuse(error, socket),
    frameworkErrors: (error, request, reply) => sendError(reply, writeError(request.url, answerOf(error))),
  });
  instance.setReplySerializer(exactJson);
  revalidateAnswers(instance);
  // Fastify looks for no body, nor for a parser of it: routes that take one read it themselves.
  for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])
    instance.addHttpMethod(method, { hasBody: false, overrideExisting: true });

  const routes: Array<{ method: string; url: string }> = [];
  instance.addHook('onRoute', ({ method, url }) => {
    for (const one of [method].flat()) routes.push({ method: one, url });
  });

  let closing = false;
  // Hooks are run for every request: those that have nothing to wait for make no promise.
  instance.addHook('onRequest', (request, reply, done) => {
    connections.seen(request.raw);
    reply.headers(securityHeaders);
    setBodyReader(request, bodies);
    try {
      checkHost(request.method, hostOf(request.raw), request.headers.origin);
      if (closing) throw new Fault('unavailable', 'HTTP_CLOSING', 'this server is stopping; send the request again');
    } catch (error) {
      done(error as Error);
      return;
    }
    workFor(() => goneSignal(reply.raw), done);
  });
  instance.addHook('onSend', (request, reply, payload, done) => {
    if (closing) reply.header('connection', 'close'); // or the connection would stay, idle, until the drain's bound
    const caller = callerOf(request);
    const opening = caller && openAnswer?.(caller.workspace, String(reply.getHeader('content-type')), payload);
    if (opening === undefined) {
      done(null, payload);
      return;
    }
    opening.then((opened) => {
      reply.removeHeader('content-length'); // names are shorter than what stands for them
      done(null, opened);
    }, done);
  });
  instance.addHook('onResponse', (request, reply, done) => {
    ended(request, reply);
    const { raw } = request;
    if (!raw.complete) {
      const { socket } = raw;
      setTimeout(() => {
        if (!raw.complete) socket.destroy();
      }, REFUSED_BODY_MS).unref();
    }
    done();
  });
  return {
    instance,
    routes,
    stopTaking: () => {
      closing = true;
    },
  };
}
