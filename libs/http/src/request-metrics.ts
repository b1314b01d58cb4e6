import type { FastifyReply, FastifyRequest } from 'fastify';
import { Histogram, type Registry } from 'prom-client';

const NAME = 'runledger_http_request_seconds';
const BUCKETS = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30];

/** Counts and times requests by route template, never by URL: labels must not carry ids, nor grow without bound. */
export function createRequestMetrics(registry: Registry) {
  const known = registry.getSingleMetric(NAME) as Histogram<'method' | 'route' | 'status'> | undefined;
  const seconds =
    known ??
    new Histogram({
      name: NAME,
      help: 'Time from the request to the end of its answer',
      labelNames: ['method', 'route', 'status'],
      buckets: BUCKETS,
      registers: [registry],
    });
  return function observe(request: FastifyRequest, reply: FastifyReply): void {
    const route = request.is404 ? 'none' : (request.routeOptions.url ?? 'none');
    seconds.observe({ method: request.method, route, status: reply.statusCode }, reply.elapsedTime / 1_000);
  };
}
