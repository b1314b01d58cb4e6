import { HttpException } from '@nestjs/common';
import { FAULT_KINDS, type Fault, isFault } from '@runledger/kernel';
import type { Quota } from '@runledger/limits';
import { standingField } from './rate-limit-fields';

/** An error as it leaves. */
export type WrittenError = Readonly<{ status: number; headers: Readonly<Record<string, string>>; body: object }>;

export type ErrorAnswer = WrittenError &
  Readonly<{
    body: Readonly<{ error: Readonly<{ code: string; message: string; details?: unknown }> }>;
    /** Ours to mend: it is logged with its cause. */
    ours: boolean;
  }>;

/** Seconds after which trying again makes sense, where the fault does not say (`context.retryAfter`). */
const RETRY_AFTER: Readonly<Record<number, number>> = { 429: 1, 503: 2, 507: 30 };

/** Codes and words for refusals by the framework, whose own messages would repeat the client's input. */
const BY_STATUS: Readonly<Record<number, readonly [code: string, message: string]>> = {
  400: ['HTTP_BAD_REQUEST', 'this request cannot be read'],
  404: ['HTTP_NO_ROUTE', 'there is nothing here'],
  405: ['HTTP_BAD_METHOD', 'this method is not known here'],
  408: ['HTTP_SLOW_REQUEST', 'the request took too long to arrive'],
  413: ['HTTP_BODY_TOO_LARGE', 'the body is too large'],
  414: ['HTTP_URL_TOO_LONG', 'the URL is too long'],
  415: ['HTTP_BAD_MEDIA_TYPE', 'this media type is not understood'],
  431: ['HTTP_HEADERS_TOO_LARGE', 'the headers are too large'],
  503: ['HTTP_CLOSING', 'this server is stopping; send the request again'],
};

const BUG = ['HTTP_BUG', 'this is our fault; it has been logged'] as const;

export function answerOfStatus(status: number): ErrorAnswer {
  const [code, message] = BY_STATUS[status] ?? (status < 500 ? ['HTTP_REFUSED', 'this request is refused'] : BUG);
  return answer(status, code, message, {});
}

function answer(status: number, code: string, message: string, context: Fault['context']): ErrorAnswer {
  const headers: Record<string, string> = {};
  const { retryAfter = RETRY_AFTER[status] } = context;
  if (typeof retryAfter === 'number') headers['retry-after'] = String(Math.ceil(retryAfter));
  if (context.quota !== undefined) headers.ratelimit = standingField(context.quota as Quota);
  // No Basic challenge: a browser would ask its user for a password.
  if (status === 401) headers['www-authenticate'] = 'Bearer realm="runledger"';
  const details = context.details === undefined ? {} : { details: context.details };
  return { status, headers, body: { error: { code, message, ...details } }, ours: status === 500 };
}

/** The status that Fastify and its plugins give to their errors. */
function statusOf(error: unknown): number | undefined {
  if (error instanceof HttpException) return error.getStatus();
  const status = (error as { statusCode?: unknown } | null | undefined)?.statusCode;
  return typeof status === 'number' && status >= 400 && status < 600 ? status : undefined;
}

/**
 * The one place where a failure becomes an HTTP answer. A fault tells its code, its message and `context.details`; the
 * rest of its context, causes, and everything about unknown errors go to the log only.
 */
export function answerOf(error: unknown): ErrorAnswer {
  if (isFault(error)) {
    const { http } = FAULT_KINDS[error.kind];
    return http === 500 ? answer(500, error.code, BUG[1], {}) : answer(http, error.code, error.message, error.context);
  }
  const status = statusOf(error);
  return status === undefined || status === 500 ? answer(500, ...BUG, {}) : answerOfStatus(status);
}
