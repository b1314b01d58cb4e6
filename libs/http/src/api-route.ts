import 'reflect-metadata';
import { applyDecorators, HttpCode, SetMetadata } from '@nestjs/common';
import type { z } from 'zod';

/** What a route takes as its body. Anything else is refused before a byte of it is kept. */
export type BodySpec = Readonly<{
  /** Media types that the route understands, with their shape where it is JSON. `*` takes whatever comes. */
  types: Readonly<Record<string, z.ZodType | 'binary'>>;
  /** Most bytes, after decompression. Unlimited for streams when absent. */
  limit?: number;
}>;

/**
 * One declaration that validates and documents a route: `@Params()` and `@Query()` of libs/http check against it, and
 * /openapi.json is made from it. The permission is declared beside it, with `@Permission()` of libs/access.
 */
export type RouteSpec = Readonly<{
  summary: string;
  /** Status of the answer when it goes well; 200 when absent. */
  status?: number;
  params?: z.ZodType;
  query?: z.ZodType;
  /** What path and query hold together, where the route checks its message as a whole: for the description only. */
  message?: z.ZodType;
  body?: BodySpec;
  /** Shape of the JSON answer, or the media type of another one. */
  response: z.ZodType | string;
}>;

const ROUTE_SPEC = 'runledger:route';

export const ApiRoute = (spec: RouteSpec): MethodDecorator =>
  applyDecorators(SetMetadata(ROUTE_SPEC, spec), HttpCode(spec.status ?? 200));

export const specOf = (handler: object): RouteSpec | undefined =>
  Reflect.getMetadata(ROUTE_SPEC, handler) as RouteSpec | undefined;
