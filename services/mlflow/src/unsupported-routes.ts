import { Fault } from '@runledger/kernel';
import { z } from 'zod';
import { defineRoute, type MlflowRoute } from './mlflow-route';

/** Parts of MLflow's protocol that are not spoken here yet. Clients get 501, which says so, instead of a 404 that hides it. */
const UNSUPPORTED: ReadonlyArray<readonly [what: string, paths: readonly string[]]> = [
  [
    'GenAI traces',
    [
      'GET 2.0/mlflow/traces',
      'POST 2.0/mlflow/traces',
      'PATCH 2.0/mlflow/traces/:request_id',
      'GET 2.0/mlflow/traces/:request_id/info',
      'PATCH 2.0/mlflow/traces/:request_id/tags',
      'DELETE 2.0/mlflow/traces/:request_id/tags',
      'POST 2.0/mlflow/traces/delete-traces',
      'POST 2.0/mlflow/traces/link-to-run',
      'GET 2.0/mlflow/unified-traces',
      'GET 2.0/mlflow/get-online-trace-details',
      'POST 3.0/mlflow/traces',
      'GET 3.0/mlflow/traces/:trace_id',
      'POST 3.0/mlflow/traces/:trace_id/assessments',
      'GET 3.0/mlflow/traces/:trace_id/assessments/:assessment_id',
      'PATCH 3.0/mlflow/traces/:trace_id/assessments/:assessment_id',
      'DELETE 3.0/mlflow/traces/:trace_id/assessments/:assessment_id',
      'PATCH 3.0/mlflow/traces/:trace_id/tags',
      'DELETE 3.0/mlflow/traces/:trace_id/tags',
      'GET 3.0/mlflow/traces/batchGet',
      'POST 3.0/mlflow/traces/batchGetInfos',
      'POST 3.0/mlflow/traces/calculate-filter-correlation',
      'POST 3.0/mlflow/traces/delete-traces',
      'GET 3.0/mlflow/traces/get',
      'POST 3.0/mlflow/traces/metrics',
      'POST 3.0/mlflow/traces/search',
    ],
  ],
  [
    'Prompts',
    [
      'POST 2.0/mlflow/traces/link-prompts',
      'POST 3.0/mlflow/prompt-optimization/jobs',
      'GET 3.0/mlflow/prompt-optimization/jobs/search',
      'POST 3.0/mlflow/prompt-optimization/jobs/search',
      'GET 3.0/mlflow/prompt-optimization/jobs/:job_id',
      'DELETE 3.0/mlflow/prompt-optimization/jobs/:job_id',
      'POST 3.0/mlflow/prompt-optimization/jobs/:job_id/cancel',
    ],
  ],
  [
    'Scorers',
    [
      'POST 3.0/mlflow/scorers/register',
      'GET 3.0/mlflow/scorers/list',
      'GET 3.0/mlflow/scorers/versions',
      'GET 3.0/mlflow/scorers/get',
      'DELETE 3.0/mlflow/scorers/delete',
      'GET 3.0/mlflow/scorers/online-configs',
      'PUT 3.0/mlflow/scorers/online-config',
    ],
  ],
  [
    'Evaluation datasets',
    [
      'POST 3.0/mlflow/datasets/create',
      'GET 3.0/mlflow/datasets/search',
      'POST 3.0/mlflow/datasets/search',
      'GET 3.0/mlflow/datasets/:dataset_id',
      'DELETE 3.0/mlflow/datasets/:dataset_id',
      'GET 3.0/mlflow/datasets/:dataset_id/records',
      'POST 3.0/mlflow/datasets/:dataset_id/records',
      'DELETE 3.0/mlflow/datasets/:dataset_id/records',
      'PATCH 3.0/mlflow/datasets/:dataset_id/tags',
      'DELETE 3.0/mlflow/datasets/:dataset_id/tags/:key',
      'GET 3.0/mlflow/datasets/:dataset_id/experiment-ids',
      'POST 3.0/mlflow/datasets/:dataset_id/add-experiments',
      'POST 3.0/mlflow/datasets/:dataset_id/remove-experiments',
    ],
  ],
  [
    'Issues, label schemas and review queues',
    [
      'POST 3.0/mlflow/issues',
      'POST 3.0/mlflow/issues/search',
      'GET 3.0/mlflow/issues/:issue_id',
      'PATCH 3.0/mlflow/issues/:issue_id',
      ...['create:POST', 'delete:DELETE', 'get:GET', 'get-by-name:GET', 'list:GET', 'update:PATCH'].map((one) => {
        const [action, method] = one.split(':');
        return `${method} 3.0/mlflow/label-schemas/${action}`;
      }),
      ...['create', 'delete', 'get-or-create-user', 'items/add', 'items/remove', 'items/set-status', 'update'].map(
        (action) => `POST 3.0/mlflow/review-queues/${action}`,
      ),
      ...['get', 'get-by-name', 'items/list', 'list'].map((action) => `GET 3.0/mlflow/review-queues/${action}`),
    ],
  ],
  ['The AI gateway', ['GET', 'POST', 'PATCH', 'PUT', 'DELETE'].map((method) => `${method} 3.0/mlflow/gateway/*`)],
  [
    'Workspaces of MLflow',
    [
      'GET 3.0/mlflow/workspaces',
      'POST 3.0/mlflow/workspaces',
      ...['GET', 'PATCH', 'DELETE'].map((method) => `${method} 3.0/mlflow/workspaces/:workspace_name`),
    ],
  ],
];

const anything = z.looseObject({});

export const unsupported = (what: string): Fault =>
  new Fault('unimplemented', 'MLFLOW_UNSUPPORTED', `${what}: not supported by Runledger yet.`);

export const UNSUPPORTED_ROUTES: readonly MlflowRoute[] = UNSUPPORTED.flatMap(([what, paths]) =>
  paths.map((path) =>
    defineRoute(path as `GET ${string}`, {
      permission: 'runs:read',
      summary: `${what}: not supported yet (501 NOT_IMPLEMENTED)`,
      request: anything,
      answer: anything,
      run: () => Promise.reject(unsupported(what)),
    }),
  ),
);
