import type { Readable } from 'node:stream';
import { Fault } from '@runledger/kernel';
import { type Dispatcher, Pool } from 'undici';

export type DoorOptions = Readonly<{
  url: string;
  /** Where reads go, when it is another address. */
  readUrl?: string | undefined;
  apiKey?: string | undefined;
  /** Requests under way at a time. */
  concurrency: number;
  /** Longest wait for an answer, in ms. */
  requestTimeoutMs: number;
}>;

export type DoorRequest = Readonly<{
  method: 'GET' | 'POST' | 'PUT';
  /** Below /api/v1/, already encoded. */
  path: string;
  mediaType?: string;
  /** Makes a request that comes twice have one effect, where the body does not. */
  idempotencyKey?: string;
  /** A function is called once for each attempt. */
  body?: Uint8Array | string | (() => Readable);
  length?: number;
  timeoutMs?: number;
}>;

/** What an attempt came to, and so what to do with what was sent. */
export type Verdict =
  /** The server has it. */
  | Readonly<{ kind: 'stored'; body: unknown }>
  /** The server will never take it. */
  | Readonly<{ kind: 'refused'; status: number; error: string; details?: unknown }>
  /** Nothing was said about what was sent: the key or the address is wrong. It is kept, and tried again slowly. */
  | Readonly<{ kind: 'held'; status: number; error: string }>
  /** Not now. */
  | Readonly<{ kind: 'again'; error: string; afterMs?: number | undefined }>;

/** 4xx answers about who asks and where, not about what was sent; redirects likewise. */
const HELD = new Set([301, 302, 303, 307, 308, 401, 403, 404, 405]);
const RETRIED = new Set([408, 425, 429]);
const MAX_ERROR_CHARS = 4_000;

/** @returns ms to wait, from seconds or an HTTP date (RFC 9110 section 10.2.3) */
export function readRetryAfter(header: string | string[] | undefined, now: number): number | undefined {
  const text = Array.isArray(header) ? header[0] : header;
  if (text === undefined) return undefined;
  const seconds = Number(text);
  if (Number.isFinite(seconds) && seconds >= 0) return seconds * 1_000;
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The server's own words, or the beginning of what came instead. */
function readError(status: number, text: string): { error: string; details?: unknown } {
  const body = parseJson(text) as { error?: { code?: unknown; message?: unknown; details?: unknown } } | undefined;
  const { code, message, details } = body?.error ?? {};
  const words = typeof code === 'string' ? `${code}: ${String(message)}` : text;
  const error = `${status} ${words}`.trim().slice(0, MAX_ERROR_CHARS);
  return details === undefined ? { error } : { error, details };
}

type Address = Readonly<{ url: string; prefix: string; pool: Pool }>;

function openAddress(text: string, { concurrency, requestTimeoutMs }: DoorOptions): Address {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol))
    throw new Fault('invalid', 'SDK_BAD_URL', `${JSON.stringify(text)} is no http or https address`);
  const prefix = url.pathname.replace(/\/+$/, '');
  const pool = new Pool(url.origin, {
    connections: concurrency,
    headersTimeout: requestTimeoutMs,
    bodyTimeout: requestTimeoutMs,
    connect: { timeout: Math.min(10_000, requestTimeoutMs) },
  });
  return { url: `${url.origin}${prefix}`, prefix, pool };
}

/** One Runledger server, with the key. Bounded: more requests than `concurrency` wait for their turn. */
export class Door {
  readonly url: string;
  readonly #options: DoorOptions;
  readonly #writes: Address;
  readonly #reads: Address;
  #free: number;
  readonly #queue: Array<() => void> = [];

  /** @throws Fault invalid SDK_BAD_URL */
  constructor(options: DoorOptions) {
    this.#options = options;
    this.#writes = openAddress(options.url, options);
    this.#reads = options.readUrl === undefined ? this.#writes : openAddress(options.readUrl, options);
    this.url = this.#writes.url;
    this.#free = options.concurrency;
  }

  async #turn(): Promise<void> {
    if (this.#free > 0) this.#free--;
    else await new Promise<void>((resolve) => this.#queue.push(resolve));
  }

  #release(): void {
    const next = this.#queue.shift();
    if (next === undefined) this.#free++;
    else next();
  }

  /** One attempt. Never throws: a failure to reach the server is `again`. */
  async attempt(request: DoorRequest): Promise<Verdict> {
    await this.#turn();
    try {
      return await this.#exchange(request);
    } catch (error) {
      return { kind: 'again', error: `${this.url} cannot be reached: ${causeText(error)}` };
    } finally {
      this.#release();
    }
  }

  async #exchange(request: DoorRequest): Promise<Verdict> {
    const { status, text, retryAfter } = await this.#send(request);
    if (status >= 200 && status < 300) return { kind: 'stored', body: parseJson(text) };
    const { error, details } = readError(status, text);
    if (HELD.has(status)) return { kind: 'held', status, error };
    if (status >= 400 && status < 500 && !RETRIED.has(status)) return { kind: 'refused', status, error, details };
    return { kind: 'again', error, afterMs: readRetryAfter(retryAfter, Date.now()) };
  }

  async #send(request: DoorRequest) {
    const { requestTimeoutMs } = this.#options;
    const address = request.method === 'GET' ? this.#reads : this.#writes;
    const { body, timeoutMs = requestTimeoutMs } = request;
    const options: Dispatcher.RequestOptions = {
      method: request.method,
      path: `${address.prefix}/api/v1/${request.path}`,
      headers: this.#headers(request),
      body: typeof body === 'function' ? body() : (body ?? null),
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
    };
    const answer = await address.pool.request(options);
    const text = await answer.body.text();
    return { status: answer.statusCode, text, retryAfter: answer.headers['retry-after'] };
  }

  #headers({ mediaType, length, idempotencyKey }: DoorRequest): Record<string, string> {
    const { apiKey } = this.#options;
    return {
      accept: 'application/json',
      'user-agent': 'runledger-sdk',
      ...(apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` }),
      ...(mediaType === undefined ? {} : { 'content-type': mediaType }),
      ...(length === undefined ? {} : { 'content-length': String(length) }),
      ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
    };
  }

  /** Cuts what is under way. */
  async close(): Promise<void> {
    await this.#writes.pool.destroy();
    if (this.#reads !== this.#writes) await this.#reads.pool.destroy();
  }
}

function causeText(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(causeText).join('; ');
  if (!(error instanceof Error)) return String(error);
  const { code } = error as NodeJS.ErrnoException;
  return error.message === '' ? String(code ?? error.name) : error.message;
}
