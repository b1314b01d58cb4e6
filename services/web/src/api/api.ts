import { takeEarly } from './early-reads';
import { credentialsOf, currentSession, refuseSession } from './session';

/** Why the server did not answer as asked, in its own words. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  constructor(
    /** 0 when there was no answer at all. */
    readonly status: number,
    readonly code: string,
    message: string,
    readonly details?: unknown,
  ) {
    super(message);
  }
}

type Failure = { error?: { code?: string; message?: string; details?: unknown } };

export type Call = Readonly<{
  method?: 'GET' | 'POST';
  body?: unknown;
  signal?: AbortSignal;
  headers?: Record<string, string>;
}>;

async function failureOf(response: Response): Promise<ApiError> {
  const { error } = (await response.json().catch(() => ({}))) as Failure;
  const message = error?.message ?? `the server answered ${response.status}`;
  return new ApiError(response.status, error?.code ?? 'NO_CODE', message, error?.details);
}

/** Of the API. @throws ApiError */
export const request = (path: string, options: Call = {}): Promise<Response> => requestAt(`/api/v1/${path}`, options);

/** Of this server, signed in. @throws ApiError */
export async function requestAt(
  url: string,
  { method = 'GET', body, signal, headers: more = {} }: Call = {},
): Promise<Response> {
  const { key } = currentSession();
  const headers = new Headers({ accept: 'application/json', ...more });
  if (key !== null) headers.set('authorization', `Bearer ${key}`);
  if (body !== undefined) headers.set('content-type', 'application/json');
  const init: RequestInit = { method, headers, cache: 'no-store', credentials: credentialsOf(key) };
  if (body !== undefined) init.body = JSON.stringify(body);
  if (signal !== undefined) init.signal = signal;
  const early = method === 'GET' ? takeEarly(url, key) : undefined;
  const response = await (early ?? fetch(url, init)).catch((cause: unknown) => {
    if (signal?.aborted === true) throw cause;
    throw new ApiError(0, 'UNREACHABLE', 'the server cannot be reached');
  });
  if (response.ok) return response;
  if (response.status === 401) refuseSession();
  throw await failureOf(response);
}

/** The answer's JSON. Its type is the contract's, by which the server checks what it is asked and documents what it says. */
export async function call<T>(path: string, options: Call = {}): Promise<T> {
  return (await (await request(path, options)).json()) as T;
}

/** A path with its variable parts escaped: at`runs/${run}`. */
export const at = (parts: TemplateStringsArray, ...names: readonly string[]): string =>
  String.raw({ raw: parts }, ...names.map(encodeURIComponent));

export const queryOf = (values: Readonly<Record<string, string | number | readonly string[] | undefined>>): string => {
  const given = Object.entries(values).flatMap(([name, value]) =>
    value === undefined ? [] : [value].flat().map((one) => [name, String(one)]),
  );
  return given.length === 0 ? '' : `?${new URLSearchParams(given).toString()}`;
};
