import { Controller, Get, Inject, Res } from '@nestjs/common';
import { Public } from '@runledger/access';
import type { FastifyReply } from 'fastify';
import type { Registry } from 'prom-client';
import { z } from 'zod';
import { ApiRoute } from './api-route';
import type { Readiness } from './readiness';

export const SHELL = Symbol('shell');
export type Shell = Readonly<{
  readiness: () => Promise<Readiness>;
  registry: Registry;
  /** Made once, when all routes are known. */
  openapi: () => string;
}>;

const state = z.object({ status: z.enum(['live', 'ready', 'not-ready']) });
const readyState = state.extend({ checks: z.record(z.string(), z.enum(['ok', 'away'])) });

/** What every process of Runledger answers, to everybody. None of it names a run, a person or a workspace. */
@Controller()
export class ShellController {
  constructor(@Inject(SHELL) private readonly shell: Shell) {}

  @Get('health/live')
  @Public()
  @ApiRoute({ summary: 'The process is up', response: state })
  live() {
    return { status: 'live' };
  }

  @Get('health/ready')
  @Public()
  @ApiRoute({ summary: 'The process and what it needs are up (503 when not)', response: readyState })
  async ready(@Res({ passthrough: true }) reply: FastifyReply) {
    const { ready, checks } = await this.shell.readiness();
    if (!ready) reply.status(503).header('retry-after', '2');
    return { status: ready ? 'ready' : 'not-ready', checks };
  }

  @Get('metrics')
  @Public()
  @ApiRoute({ summary: 'Numbers for Prometheus', response: 'text/plain' })
  async metrics(@Res({ passthrough: true }) reply: FastifyReply) {
    reply.header('content-type', this.shell.registry.contentType);
    return this.shell.registry.metrics();
  }

  @Get('openapi.json')
  @Public()
  @ApiRoute({ summary: 'This description', response: 'application/json' })
  describe(@Res({ passthrough: true }) reply: FastifyReply) {
    reply.header('content-type', 'application/json; charset=utf-8');
    return this.shell.openapi();
  }
}
