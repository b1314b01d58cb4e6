import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { Fault } from '@runledger/kernel';
import type { FastifyRequest } from 'fastify';
import { type RouteSpec, specOf } from './api-route';
import { type Body, type BodyReader, isGzip, mediaTypeOf } from './body-reader';
import { checkInput } from './check-input';

const READER = Symbol.for('runledger.body-reader');
type WithReader = { [READER]?: BodyReader };

export const setBodyReader = (request: object, reader: BodyReader): void => {
  (request as WithReader)[READER] = reader;
};

function specOfRoute(context: ExecutionContext): RouteSpec {
  const spec = specOf(context.getHandler());
  if (spec === undefined) throw new TypeError('a route that takes input declares it with @ApiRoute');
  return spec;
}

function declared<K extends 'params' | 'query' | 'body'>(context: ExecutionContext, part: K) {
  const found = specOfRoute(context)[part];
  if (found === undefined) throw new TypeError(`@ApiRoute declares no ${part}`);
  return found as NonNullable<RouteSpec[K]>;
}

const requestOf = (context: ExecutionContext) => context.switchToHttp().getRequest<FastifyRequest & WithReader>();

/** The path's params, as the route's schema makes them. The wildcard's is named `path`. */
export const Params = createParamDecorator((_data: unknown, context: ExecutionContext): unknown => {
  const { '*': path, ...params } = requestOf(context).params as Record<string, unknown>;
  return checkInput(declared(context, 'params'), path === undefined ? params : { ...params, path }, 'path');
});

/** The query string, as the route's schema makes it. */
export const Query = createParamDecorator((_data: unknown, context: ExecutionContext): unknown =>
  checkInput(declared(context, 'query'), { ...(requestOf(context).query as object) }, 'query'),
);

/** Whether no body was announced (RFC 9112, 6.3). */
const isEmpty = ({ headers }: Pick<IncomingMessage, 'headers'>): boolean =>
  headers['transfer-encoding'] === undefined && Number(headers['content-length'] ?? 0) === 0;

/** The body, whole, decompressed and otherwise untouched. Read after the guard: who may not write is not read. */
export const RawBody = createParamDecorator(async (_data: unknown, context: ExecutionContext): Promise<Body> => {
  const request = requestOf(context);
  const reader = request[READER];
  if (reader === undefined) throw new TypeError('no body reader: is this route served by serveHttp?');
  const spec = declared(context, 'body');
  if (isEmpty(request.raw)) return { mediaType: mediaTypeOf(request.headers, spec), bytes: Buffer.alloc(0) };
  return reader.read(request.raw, request.headers, spec);
});

/** The body as it comes. `length` is what the client announced. */
export type StreamedBody = Readonly<{ mediaType: string; stream: Readable; length: number | undefined }>;

/** The body as a stream, for what must not be kept in memory. It is not decompressed: bytes are stored as they are meant. */
export const BodyStream = createParamDecorator((_data: unknown, context: ExecutionContext): StreamedBody => {
  const { headers, raw } = requestOf(context);
  const spec = declared(context, 'body');
  const mediaType = mediaTypeOf(headers, spec);
  if (isGzip(headers)) throw new Fault('unsupported', 'HTTP_BAD_ENCODING', 'this body must be sent as it is');
  const length = headers['content-length'] === undefined ? undefined : Number(headers['content-length']);
  if (spec.limit !== undefined && (length ?? 0) > spec.limit)
    throw new Fault('too-large', 'HTTP_BODY_TOO_LARGE', `the body may have at most ${spec.limit} bytes`);
  return { mediaType, stream: raw, length };
});
