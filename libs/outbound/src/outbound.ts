import { Fault, isFault } from '@runledger/kernel';
import { Agent, buildConnector, type Dispatcher, request } from 'undici';
import { type AddressSet, addressSet } from './address';
import { checkedUrl } from './check-target';
import { guardedConnector, type Lookup } from './guarded-connector';

/** Who named the address that is called: what an operator set may be private, what a user set may not. */
export type Trust = 'operator' | 'user';

export type OutboundOptions = Readonly<{
  trust: Trust;
  /** Ranges that users' targets may lie in although they are private; plain http goes to these only. */
  allowed?: readonly string[];
  /** For the whole of a call, from the look-up to the last byte. */
  timeoutMs?: number;
  /** What is read of an answer's body; the rest is dropped with the connection. */
  answerBytes?: number;
  lookup?: Lookup;
}>;

export type OutboundCall = Readonly<{
  method: 'GET' | 'POST';
  url: string;
  headers?: Readonly<Record<string, string>>;
  body?: string | Uint8Array;
}>;

/** `body` is the beginning of it, as UTF-8. */
export type OutboundAnswer = Readonly<{ status: number; retryAfter: string | null; body: string }>;

/** The one way in which this system calls others by HTTP. */
export interface Outbound {
  /**
   * Redirects are not followed: their status is the answer. No proxy of the environment is used.
   * @throws Fault invalid OUTBOUND_BAD_URL, OUTBOUND_PRIVATE or OUTBOUND_PLAIN, unavailable OUTBOUND_TIMEOUT or OUTBOUND_FAILED
   */
  call(call: OutboundCall): Promise<OutboundAnswer>;
  close(): Promise<void>;
}

const TIMEOUT_MS = 10_000;
const CONNECT_MS = 5_000;
const ANSWER_BYTES = 64 * 1024;
const HEADER_BYTES = 16 * 1024;

async function beginningOf(body: Dispatcher.ResponseData['body'], most: number): Promise<string> {
  const parts: Buffer[] = [];
  let left = most;
  for await (const part of body as AsyncIterable<Buffer>) {
    parts.push(part.subarray(0, left));
    left -= part.length;
    if (left <= 0) break;
  }
  return Buffer.concat(parts).toString();
}

const causeOf = (error: unknown): string => {
  const { code, message } = error as NodeJS.ErrnoException;
  return code ?? message ?? 'unknown';
};

/** What is told of a failure is its kind and no more: an answer that says which ports are open is a scanner. */
function asFault(error: unknown, deadline: AbortSignal): Fault {
  if (isFault(error)) return error;
  const { cause } = error as { cause?: unknown };
  if (isFault(cause)) return cause;
  if (deadline.aborted || causeOf(error) === 'UND_ERR_CONNECT_TIMEOUT')
    return new Fault('unavailable', 'OUTBOUND_TIMEOUT', 'the receiver did not answer in time', { cause: error });
  return new Fault('unavailable', 'OUTBOUND_FAILED', `the receiver could not be reached (${causeOf(error)})`, {
    cause: error,
  });
}

/** @throws Fault invalid OUTBOUND_BAD_RANGE */
export function createOutbound(options: OutboundOptions): Outbound {
  const { trust, timeoutMs = TIMEOUT_MS, answerBytes = ANSWER_BYTES, lookup } = options;
  const connectTimeoutMs = Math.min(CONNECT_MS, timeoutMs);
  const allowed: AddressSet = addressSet(options.allowed ?? []);
  const connect =
    trust === 'operator'
      ? buildConnector({ timeout: connectTimeoutMs })
      : guardedConnector({ allowed, connectTimeoutMs, ...(lookup === undefined ? {} : { lookup }) });
  const agent = new Agent({ connect, maxHeaderSize: HEADER_BYTES, connections: 4, keepAliveTimeout: 1_000 });

  return {
    async call({ method, url, headers = {}, body }) {
      const target = checkedUrl(url);
      const deadline = AbortSignal.timeout(timeoutMs);
      try {
        const answer = await request(target, {
          dispatcher: agent,
          method,
          headers: { 'user-agent': 'Runledger', ...headers },
          signal: deadline,
          ...(body === undefined ? {} : { body }),
        });
        const retryAfter = answer.headers['retry-after'];
        return {
          status: answer.statusCode,
          retryAfter: typeof retryAfter === 'string' ? retryAfter : null,
          body: await beginningOf(answer.body, answerBytes),
        };
      } catch (error) {
        throw asFault(error, deadline);
      }
    },
    close: () => agent.destroy(),
  };
}
