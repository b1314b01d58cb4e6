import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { askFor, Fault } from '@runledger/kernel';
import { type Authenticator, principalFor } from './principal';
import { accessOf, setCaller } from './route-access';

type Request = { headers: { authorization?: string | undefined } };

/** The one guard of every route. Deny by default: a route that declares nothing is refused, whoever asks. */
export class AccessGuard implements CanActivate {
  constructor(private readonly authenticator: Authenticator) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const needed = accessOf(context.getHandler());
    if (needed === 'public') return true;
    const request = context.switchToHttp().getRequest<Request>();
    const who = await this.authenticator.authenticate(request.headers.authorization);
    if (needed === undefined) throw new Fault('forbidden', 'ACCESS_NOT_DECLARED', 'this route is open to nobody');
    const { permission, level } = needed;
    const caller = principalFor(who, permission, level);
    if (caller === undefined) {
      const where = level === 'workspace' ? 'in the whole workspace' : 'in a project';
      throw new Fault('forbidden', 'ACCESS_NOT_ALLOWED', `this needs the permission ${permission} ${where}`);
    }
    setCaller(request, caller);
    askFor(who.workspace);
    return true;
  }
}
