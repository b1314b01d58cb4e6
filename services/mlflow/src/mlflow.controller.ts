import { Controller, Delete, Get, Inject, Patch, Post, Put, Req, type Type } from '@nestjs/common';
import { Caller, Permission, type Principal } from '@runledger/access';
import { ApiRoute, type Body, Query, RawBody } from '@runledger/http';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { CHANGE_ROUTES } from './change-routes';
import { checkWorkspace } from './check-workspace';
import { EXPERIMENT_ROUTES } from './experiment-routes';
import { HISTORY_ROUTES } from './history-routes';
import { INPUT_ROUTES } from './input-routes';
import { LOG_ROUTES } from './log-routes';
import type { MlflowRoom } from './mlflow-room';
import type { MlflowRoute, Sent } from './mlflow-route';
import { MULTIPART_ROUTES } from './multipart-routes';
import { REGISTRY_ROUTES } from './registry-routes';
import { MLFLOW_ROOM } from './room-token';
import { RUN_ROUTES } from './run-routes';
import { SEARCH_ROUTES } from './search-routes';
import { UNSUPPORTED_ROUTES } from './unsupported-routes';
import { WEBHOOK_ROUTES } from './webhook-routes';

type Routes = { room: MlflowRoom };
type Given = Sent['query'] | Body;
type Asked = Pick<FastifyRequest, 'headers'> & Pick<Sent, 'params'>;

const VERBS = { GET: Get, POST: Post, PATCH: Patch, PUT: Put, DELETE: Delete } as const;
/** Members of a path or a query are strings; which of them count, the route's own shape says. */
const loose = z.record(z.string(), z.unknown());

/** What libs/http documents and checks; the message itself is checked by the route, wherever it lies. */
function specOf({ method, summary, request, answer, limit }: MlflowRoute) {
  const types = { 'application/json': request, ...(method === 'DELETE' ? { '*': 'binary' as const } : {}) };
  return method === 'GET'
    ? { summary, params: loose, query: loose, message: request, response: answer }
    : { summary, params: loose, body: { types, limit }, response: answer };
}

/** Gives a controller one method more, as if it were written in its class. */
function addRoute(controller: Type<Routes>, route: MlflowRoute): void {
  const of = controller.prototype as Routes & Record<string, unknown>;
  const name = `${route.method} ${route.path}`;
  of[name] = async function answer(
    this: Routes,
    given: Given,
    who: Principal,
    { params, headers }: Asked,
  ): Promise<object> {
    checkWorkspace(who, headers['x-mlflow-workspace']);
    const [query, bytes] =
      route.method === 'GET' ? [given as Sent['query'], Buffer.alloc(0)] : [{}, (given as Body).bytes];
    return route.run(this.room, who, { query, params, bytes });
  };
  const method = Object.getOwnPropertyDescriptor(of, name) as PropertyDescriptor;
  for (const decorate of [
    VERBS[route.method](route.path),
    Permission(route.permission, route.level),
    ApiRoute(specOf(route)),
  ])
    decorate(of, name, method);
  (route.method === 'GET' ? Query() : RawBody())(of, name, 0);
  Caller()(of, name, 1);
  Req()(of, name, 2);
}

/** MLflow's protocol. An endpoint is a line of a table, and a route of its own in the description of the API. */
@Controller(['api', 'ajax-api'])
export class MlflowController {
  constructor(@Inject(MLFLOW_ROOM) readonly room: MlflowRoom) {}
}
const ROUTES = [
  ...EXPERIMENT_ROUTES,
  ...RUN_ROUTES,
  ...CHANGE_ROUTES,
  ...LOG_ROUTES,
  ...INPUT_ROUTES,
  ...SEARCH_ROUTES,
  ...HISTORY_ROUTES,
  ...REGISTRY_ROUTES,
  ...MULTIPART_ROUTES,
  ...WEBHOOK_ROUTES,
  ...UNSUPPORTED_ROUTES,
];
for (const route of ROUTES) addRoute(MlflowController, route);
