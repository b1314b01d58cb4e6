export { ApiRoute, type BodySpec, type RouteSpec } from './api-route';
export type { Body } from './body-reader';
export { checkInput } from './check-input';
export { answerOf, type ErrorAnswer } from './error-answer';
export type { ReadyCheck } from './readiness';
export { BodyStream, Params, Query, RawBody, type StreamedBody } from './request-input';
export type { Route } from './route-table';
export { HTTP_LIMITS, type HttpLimits, type HttpOptions, type HttpServer, serveHttp } from './serve-http';
export { MAX_JSON_DEPTH, parseStrictJson } from './strict-json';
