import type { ErrorDialect } from '@runledger/http';

/** Error codes of MLflow (databricks.proto) that this door answers with. */
type ErrorCode =
  | 'BAD_REQUEST'
  | 'ENDPOINT_NOT_FOUND'
  | 'INTERNAL_ERROR'
  | 'INVALID_PARAMETER_VALUE'
  | 'NOT_IMPLEMENTED'
  | 'PERMISSION_DENIED'
  | 'REQUEST_LIMIT_EXCEEDED'
  | 'RESOURCE_ALREADY_EXISTS'
  | 'RESOURCE_DOES_NOT_EXIST'
  | 'RESOURCE_EXHAUSTED'
  | 'TEMPORARILY_UNAVAILABLE'
  | 'UNAUTHENTICATED';

/** By our status: MLflow's code, and its status where that differs. Clients retry 408, 429, 500 and 502 to 504. */
const BY_STATUS: Readonly<Record<number, readonly [code: ErrorCode, status?: number]>> = {
  400: ['INVALID_PARAMETER_VALUE'],
  401: ['UNAUTHENTICATED'],
  403: ['PERMISSION_DENIED'],
  404: ['RESOURCE_DOES_NOT_EXIST'],
  409: ['RESOURCE_ALREADY_EXISTS', 400],
  413: ['INVALID_PARAMETER_VALUE'],
  429: ['REQUEST_LIMIT_EXCEEDED'],
  500: ['INTERNAL_ERROR'],
  501: ['NOT_IMPLEMENTED'],
  503: ['TEMPORARILY_UNAVAILABLE'],
  507: ['RESOURCE_EXHAUSTED'],
};

/** Where a code of ours says more than its status. */
const BY_CODE: Readonly<Record<string, readonly [code: ErrorCode, status: number]>> = {
  HTTP_NO_ROUTE: ['ENDPOINT_NOT_FOUND', 404],
  HTTP_BAD_METHOD: ['ENDPOINT_NOT_FOUND', 404],
  JOURNAL_COMMAND_REUSED: ['INVALID_PARAMETER_VALUE', 400],
  RETENTION_EXPIRED: ['INVALID_PARAMETER_VALUE', 400],
  EXPERIMENT_DELETED: ['INVALID_PARAMETER_VALUE', 400],
  LOGGED_MODEL_PARAM_CHANGED: ['BAD_REQUEST', 400],
  HTTP_BAD_JSON: ['BAD_REQUEST', 400],
};

const LOGIN_HINT =
  'This server needs a key: set MLFLOW_TRACKING_TOKEN to an API key of Runledger (or MLFLOW_TRACKING_PASSWORD, with any MLFLOW_TRACKING_USERNAME).';

/** Every path of MLflow's protocol. Below them, unknown routes are answered in its words, too: clients' fallbacks depend on it. */
const PATHS = [
  ...['/api', '/ajax-api'].flatMap((prefix) => [
    `${prefix}/2.0/mlflow`,
    `${prefix}/2.0mlflow`,
    `${prefix}/3.0/mlflow`,
    `${prefix}/2.0/mlflow-artifacts`,
  ]),
  '/get-artifact',
  '/model-versions',
  '/graphql',
];

/** `{error_code, message}`, as MLflow's clients read it. */
export const MLFLOW_ERRORS: ErrorDialect = {
  paths: PATHS,
  write({ status, headers, body: { error } }) {
    const [errorCode, other] = BY_CODE[error.code] ?? BY_STATUS[status] ?? ['BAD_REQUEST'];
    const message = status === 401 ? LOGIN_HINT : error.message;
    return { status: other ?? status, headers, body: { error_code: errorCode, message } };
  },
};
