import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { callerOf } from '@runledger/access';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Pace, Ticket } from './pace';

/** So many bytes, of a body or an answer, weigh as much as a request. */
const WEIGHED_BYTES = 16 * 1024;

const TICKET = Symbol('runledger.ticket');
type Paced = { [TICKET]?: Ticket };

const weightOf = (bytes: unknown): number => (Number(bytes ?? 0) || 0) / WEIGHED_BYTES;

/** Lets requests in at the pace that leaves room for other workspaces, before a byte of their bodies is read. */
export function createPacing(pace: Pace) {
  const guard: CanActivate = {
    canActivate(context: ExecutionContext) {
      const request = context.switchToHttp().getRequest<FastifyRequest & Paced>();
      const who = callerOf(request);
      if (who === undefined) return true;
      const weight = 1 + weightOf(request.headers['content-length']);
      request[TICKET] = { tenant: who.workspace, weight, begunAt: Number.NaN };
      const entering = pace.enter(request[TICKET]);
      return entering === undefined ? true : entering.then(() => true);
    },
  };

  function ended({ [TICKET]: ticket }: FastifyRequest & Paced, reply: FastifyReply): void {
    if (ticket === undefined) return;
    pace.leave(ticket);
    pace.charge(ticket.tenant, weightOf(reply.getHeader('content-length')));
  }

  /** Before a refusal of this status goes out; undefined where it need not wait. */
  const refusing = (request: FastifyRequest, status: number): Promise<void> | undefined => {
    const who = status === 429 ? callerOf(request) : undefined;
    return who === undefined ? undefined : pace.refuse(who.workspace);
  };
  return { guard, ended, refusing };
}
