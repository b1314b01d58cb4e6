import type { Level, PermissionName, Principal } from '@runledger/access';
import { checkInput, parseStrictJson } from '@runledger/http';
import type { z } from 'zod';
import type { MlflowRoom } from './mlflow-room';

/** What came with a request: the query, or the body's bytes; and the params of its path. */
export type Sent = Readonly<{
  query: Readonly<Record<string, unknown>>;
  params: Readonly<Record<string, unknown>>;
  bytes: Uint8Array;
}>;

/** One endpoint of MLflow's protocol, served below /api and /ajax-api. */
export type MlflowRoute = Readonly<{
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE' | 'PUT';
  /** For example `2.0/mlflow/runs/get`. */
  path: string;
  permission: PermissionName;
  /** `project`: it keeps to its caller's reach. `workspace` when absent. */
  level?: Level;
  summary: string;
  request: z.ZodType;
  answer: z.ZodType;
  /** Most bytes of a body. */
  limit: number;
  run(room: MlflowRoom, who: Principal, sent: Sent): Promise<object>;
}>;

/** MLflow takes at most a megabyte a request. */
const REQUEST_LIMIT = 1_000_000;

type Parts<Request extends z.ZodType> = Readonly<
  Pick<MlflowRoute, 'permission' | 'level' | 'summary' | 'answer'> & {
    request: Request;
    limit?: number;
    run(room: MlflowRoom, who: Principal, input: z.output<Request>): Promise<object>;
  }
>;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A field that is null is unset, as in every JSON of protobuf. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isObject(value)) return value;
  const members = Object.entries(value).filter(([, member]) => member !== null);
  return Object.fromEntries(members.map(([name, member]) => [name, withoutNulls(member)]));
}

/** A batch of a thousand metrics rarely holds a null, and need not be copied to look for one. */
function readBody(bytes: Uint8Array): unknown {
  const body = parseStrictJson(bytes, 'text');
  const mayHoldNull = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).includes('null');
  return mayHoldNull ? withoutNulls(body) : body;
}

/** The message of a request, wherever it lies. An absent body is an empty message. */
function messageOf(method: MlflowRoute['method'], { query, params, bytes }: Sent): unknown {
  if (method === 'GET') return { ...query, ...params };
  const body = bytes.length === 0 ? {} : readBody(bytes);
  return isObject(body) ? { ...body, ...params } : body;
}

/** Parse, run, answer. `at` is the method and the path, as in `GET 2.0/mlflow/runs/get`. */
export function defineRoute<Request extends z.ZodType>(
  at: `${MlflowRoute['method']} ${string}`,
  { run, limit = REQUEST_LIMIT, ...parts }: Parts<Request>,
): MlflowRoute {
  const [method, path] = at.split(' ') as [MlflowRoute['method'], string];
  return {
    ...parts,
    method,
    path,
    limit,
    run: async (room, who, sent) => run(room, who, checkInput(parts.request, messageOf(method, sent), 'request')),
  };
}
