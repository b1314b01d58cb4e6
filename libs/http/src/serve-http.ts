import 'reflect-metadata';
import type { DynamicModule } from '@nestjs/common';
import { ModulesContainer, NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { AccessGuard, type Authenticator, type NoteRefusal } from '@runledger/access';
import { Fault, type Logger } from '@runledger/kernel';
import type { Limits } from '@runledger/limits';
import type { OpenAnswer } from '@runledger/personal';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { createAllowedMethods } from './allowed-methods';
import { type BodyLimits, BodyReader } from './body-reader';
import { createErrorWriter, type ErrorDialect } from './error-dialect';
import { createFastify, type FastifyOfOurs } from './fastify-shell';
import { FaultFilter } from './fault-filter';
import { createHostCheck } from './host-check';
import { createRequestLimits } from './limit-requests';
import { describeApi } from './openapi';
import { Pace } from './pace';
import { createPacing } from './pace-requests';
import { createReadiness, type ReadyCheck } from './readiness';
import { createRequestMetrics } from './request-metrics';
import { listRoutes, type Route } from './route-table';
import { SHELL, type Shell, ShellController } from './shell.controller';
import type { Tls } from './tls';
import { createHostOf } from './trusted-proxies';

/** Bounds on what one client, or all together, may hold open. */
export type HttpLimits = BodyLimits &
  Readonly<{
    /** Longest time for a request's headers. */
    headersMs: number;
    /** Longest silence on a connection. Longer than any read may wait. */
    idleMs: number;
    /** Longest time for a whole request, uploads of artifacts included. */
    requestMs: number;
    /** Longest time that `close` waits for requests under way. */
    drainMs: number;
  }>;

export const HTTP_LIMITS: HttpLimits = {
  deadlineMs: 60_000,
  inFlightBytes: 256 * 1024 * 1024,
  headersMs: 15_000,
  idleMs: 60_000,
  requestMs: 3_600_000,
  drainMs: 10_000,
};

export type HttpOptions = Readonly<{
  /** What the services' factories made, for example `IngestModule.register(ports)`. */
  modules: readonly DynamicModule[];
  host: string;
  /** 0 takes a free one. */
  port: number;
  authenticator: Authenticator;
  /** Told of whom the guard knows and does not let in. */
  noteRefusal?: NoteRefusal | undefined;
  logger: Logger;
  /** Names besides loopback's and `host` that clients may call this server by. */
  hostNames?: readonly string[];
  /** Addresses and ranges of proxies whose X-Forwarded-Host counts; nobody's when absent. */
  trustedProxies?: readonly string[];
  /** What the server shows of itself; plain HTTP when absent. */
  tls?: Tls | undefined;
  /** Shapes of errors below the paths of other protocols. */
  dialects?: readonly ErrorDialect[];
  /** What /health/ready asks. */
  checks?: Readonly<Record<string, ReadyCheck>>;
  /** Where the process counts; a new one when absent. */
  registry?: Registry;
  limits?: Partial<HttpLimits>;
  /** Opens what of an answer is sealed, for a caller of this workspace; it is sent as it is when absent. */
  openAnswer?: OpenAnswer | undefined;
  /** What callers may have; unlimited when absent. */
  quotas?: Limits;
  version?: string;
}>;

export type HttpServer = Readonly<{
  url: string;
  routes: readonly Route[];
  /** Takes no more requests, waits a bounded time for those under way, and cuts the rest. */
  close(): Promise<void>;
}>;

/** The root of the one Nest application that a process has. */
class ShellModule {}

const rootModule = (modules: readonly DynamicModule[], shell: Shell): DynamicModule => ({
  module: ShellModule,
  imports: [...modules],
  controllers: [ShellController],
  providers: [{ provide: SHELL, useValue: shell }],
});

/** A route that went past Nest would go past the guard. */
function refuseUnguarded(fastify: FastifyOfOurs, declared: readonly Route[]): void {
  const known = new Set(declared.map(({ method, path }) => `${method} ${path}`));
  const stray = fastify.routes.find(({ method, url }) => !known.has(`${method === 'HEAD' ? 'GET' : method} ${url}`));
  if (stray !== undefined)
    throw new Fault('bug', 'HTTP_UNGUARDED_ROUTE', `${stray.method} ${stray.url} is not a route of a controller`);
}

async function listen(app: NestFastifyApplication, { host, port, tls }: HttpOptions): Promise<string> {
  await app.listen(port, host);
  const address = app.getHttpServer().address();
  const bound = typeof address === 'object' && address !== null ? address.port : port;
  return `${tls === undefined ? 'http' : 'https'}://${host.includes(':') ? `[${host}]` : host}:${bound}`;
}

/**
 * One Nest application on Fastify for all the given modules, with the guard, one exception filter, body rules, health,
 * metrics and /openapi.json. Rejects when a route was added past the guard.
 */
export async function serveHttp(options: HttpOptions): Promise<HttpServer> {
  const { modules, host, authenticator, logger } = options;
  const limits = { ...HTTP_LIMITS, ...options.limits };
  const registry = options.registry ?? new Registry();
  if (registry.getSingleMetric('process_cpu_seconds_total') === undefined)
    collectDefaultMetrics({ register: registry });

  const writeError = createErrorWriter(options.dialects ?? []);
  const counted = options.quotas === undefined ? undefined : createRequestLimits(options.quotas);
  const pacing = createPacing(new Pace());
  const observe = createRequestMetrics(registry);
  const fastify = createFastify({
    limits,
    bodies: new BodyReader(limits),
    hostOf: createHostOf(options.trustedProxies ?? []),
    checkHost: createHostCheck(host, options.hostNames ?? []),
    tls: options.tls,
    ended: (request, reply) => {
      observe(request, reply);
      counted?.ended(request, reply);
      pacing.ended(request, reply);
    },
    writeError,
    openAnswer: options.openAnswer,
  });
  let document = '';
  const root = rootModule(modules, {
    registry,
    readiness: createReadiness(options.checks ?? {}, logger),
    openapi: () => document,
  });
  const app = await NestFactory.create<NestFastifyApplication>(root, new FastifyAdapter(fastify.instance), {
    logger: false,
    abortOnError: false,
    bodyParser: false,
  });
  try {
    app.useGlobalGuards(
      new AccessGuard(authenticator, options.noteRefusal),
      pacing.guard,
      ...(counted === undefined ? [] : [counted.guard]),
    );
    let allowed: (url: string) => readonly string[] = () => [];
    app.useGlobalFilters(new FaultFilter(logger, writeError, (url) => allowed(url), pacing.refusing));
    await app.init();
    const routes = listRoutes(app.get(ModulesContainer, { strict: false }));
    refuseUnguarded(fastify, routes);
    allowed = createAllowedMethods(routes);
    document = JSON.stringify(describeApi(routes, options.version ?? '0.1.0'));
    const url = await listen(app, options);
    return { url, routes, close: () => closeApp(app, fastify, limits.drainMs) };
  } catch (error) {
    await app.close().catch(() => undefined);
    throw error;
  }
}

async function closeApp(app: NestFastifyApplication, fastify: FastifyOfOurs, drainMs: number): Promise<void> {
  fastify.stopTaking();
  const cut = setTimeout(() => app.getHttpServer().closeAllConnections(), drainMs);
  try {
    await app.close();
  } finally {
    clearTimeout(cut);
  }
}
