import 'reflect-metadata';
import { RequestMethod, type Type } from '@nestjs/common';
import { accessOf, type RouteAccess } from '@runledger/access';
import { type RouteSpec, specOf } from './api-route';

/** One route of a controller, as it was declared. */
export type Route = Readonly<{
  method: string;
  /** With `:name` for params and `*` for the rest of the path. */
  path: string;
  access: RouteAccess | undefined;
  spec: RouteSpec | undefined;
}>;

type Routed = { metatype: unknown };
type Modules = ReadonlyMap<string, { controllers: ReadonlyMap<unknown, Routed> }>;

const pathsOf = (target: object): string[] => {
  const path = Reflect.getMetadata('path', target) as string | string[] | undefined;
  return path === undefined ? [] : [path].flat();
};
const verbOf = (handler: object): RequestMethod => Reflect.getMetadata('method', handler) as RequestMethod;

const join = (...parts: string[]): string =>
  `/${parts
    .flatMap((part) => part.split('/'))
    .filter((segment) => segment !== '')
    .join('/')}`;

function* methodsOf(controller: Type): Generator<object> {
  let proto = controller.prototype as object;
  for (; proto !== Object.prototype; proto = Object.getPrototypeOf(proto) as object)
    for (const name of Object.getOwnPropertyNames(proto)) {
      const method: unknown = Object.getOwnPropertyDescriptor(proto, name)?.value;
      if (typeof method === 'function' && Reflect.hasMetadata('method', method)) yield method;
    }
}

/** Every route that the controllers of these modules declare. */
export function listRoutes(modules: Modules): Route[] {
  const controllers = [...modules.values()].flatMap((module) => [...module.controllers.values()]);
  const types = controllers.map(({ metatype }) => metatype).filter((type): type is Type => typeof type === 'function');
  return [...new Set(types)].flatMap((type) =>
    [...methodsOf(type)].flatMap((handler) =>
      pathsOf(type).flatMap((prefix) =>
        pathsOf(handler).map((path) => ({
          method: RequestMethod[verbOf(handler)] ?? 'GET',
          path: join(prefix, path),
          access: accessOf(handler),
          spec: specOf(handler),
        })),
      ),
    ),
  );
}
