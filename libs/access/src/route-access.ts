import 'reflect-metadata';
import { createParamDecorator, type ExecutionContext, SetMetadata } from '@nestjs/common';
import type { PermissionName } from '@runledger/contracts';
import { isFault } from '@runledger/kernel';
import type { Level } from './decide';
import type { Principal } from './principal';

/** What a route declares: the permission that it needs, or that it is open to whoever is known, or to everybody. */
export type RouteAccess = Readonly<{ permission: PermissionName; level: Level }> | 'known' | 'public';

const ROUTE_ACCESS = 'runledger:access';
const CALLER = Symbol.for('runledger.caller');

/**
 * Only callers with this permission get in: those who hold it in the whole workspace. Where a route says that it keeps to its caller's reach
 * (`project`), those too who hold it in some project.
 */
export const Permission = (permission: PermissionName, level: Level = 'workspace'): MethodDecorator =>
  SetMetadata(ROUTE_ACCESS, { permission, level } satisfies RouteAccess);

/** Whoever is known gets in, whatever he may do. For what is about himself. */
export const Known = (): MethodDecorator => SetMetadata(ROUTE_ACCESS, 'known' satisfies RouteAccess);

/** Anybody gets in, without a key. For health, documentation and signing in only. */
export const Public = (): MethodDecorator => SetMetadata(ROUTE_ACCESS, 'public');

/** What a route's method declares, or undefined: such a route is refused. */
export const accessOf = (handler: object): RouteAccess | undefined =>
  Reflect.getMetadata(ROUTE_ACCESS, handler) as RouteAccess | undefined;

const STANDING = Symbol.for('runledger.standing');
type Standing = () => Promise<Principal | undefined>;
type Called = { [CALLER]?: Principal; [STANDING]?: Standing };

export const setCaller = (request: object, who: Principal): void => {
  (request as Called)[CALLER] = who;
};

/** By which somebody who was let in can be looked at again, while his request goes on. */
export const setStanding = (request: object, standing: Standing): void => {
  (request as Called)[STANDING] = standing;
};

/** Whether who was let in with this request would be let in now, to the same projects. Who cannot be asked about stays. */
export async function stillAdmitted(request: object): Promise<boolean> {
  const { [CALLER]: before, [STANDING]: standing } = request as Called;
  if (before === undefined || standing === undefined) return true;
  try {
    const now = await standing();
    return now !== undefined && JSON.stringify(now.projects) === JSON.stringify(before.projects);
  } catch (error) {
    return !isFault(error) || error.kind === 'unavailable';
  }
}

/** Whom the guard let in with this request; undefined before it, and on public routes. */
export const callerOf = (request: object): Principal | undefined => (request as Called)[CALLER];

/** The principal of the request, set by the guard. */
export const Caller = createParamDecorator((_data: unknown, context: ExecutionContext): Principal => {
  const who = context.switchToHttp().getRequest<Called>()[CALLER];
  if (who === undefined) throw new TypeError('a public route has no caller');
  return who;
});
