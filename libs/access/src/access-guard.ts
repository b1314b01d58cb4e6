import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { askFor, Fault } from '@runledger/kernel';
import type { Credentials } from './credentials';
import { type Authenticator, type Identity, knownAs, type Principal, principalFor } from './principal';
import type { NoteRefusal } from './refusal-counts';
import { accessOf, type RouteAccess, setCaller, setStanding } from './route-access';

type Request = Credentials & Readonly<{ routeOptions?: Readonly<{ url?: string | undefined }> }>;

/** The one guard of every route. Deny by default: a route that declares nothing is refused, whoever asks. */
export class AccessGuard implements CanActivate {
  constructor(
    private readonly authenticator: Authenticator,
    private readonly noteRefusal: NoteRefusal = () => undefined,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const needed = accessOf(context.getHandler());
    if (needed === 'public') return true;
    const request = context.switchToHttp().getRequest<Request>();
    const who = await this.authenticator.authenticate(request);
    setCaller(request, needed === 'known' ? knownAs(who) : this.#admitted(needed, who, request));
    askFor(who.workspace);
    if (typeof needed === 'object')
      setStanding(request, async () =>
        principalFor(await this.authenticator.authenticate(request), needed.permission, needed.level),
      );
    return true;
  }

  #admitted(needed: Exclude<RouteAccess, string> | undefined, who: Identity, request: Request): Principal {
    if (needed === undefined) throw new Fault('forbidden', 'ACCESS_NOT_DECLARED', 'this route is open to nobody');
    const { permission, level } = needed;
    const caller = principalFor(who, permission, level);
    if (caller !== undefined) return caller;
    this.noteRefusal(who, permission, `${request.method} ${request.routeOptions?.url ?? ''}`);
    const where = level === 'workspace' ? 'in the whole workspace' : 'in a project';
    throw new Fault('forbidden', 'ACCESS_NOT_ALLOWED', `this needs the permission ${permission} ${where}`);
  }
}
