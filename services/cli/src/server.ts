import type { Readable } from 'node:stream';
import { json, text } from 'node:stream/consumers';
import { Fault } from '@runledger/kernel';
import { Agent, request } from 'undici';
import { z } from 'zod';
import { cliSettings } from './cli.config';
import type { CliEnds } from './cli-ends';
import { keptSession } from './kept-sessions';

/** An export may have to be computed for an hour before its first byte. */
const PATIENCE_MS = 3_700_000;

const HINTS: Readonly<Record<number, string>> = {
  401: 'log in with runledger login, or set RUNLEDGER_API_KEY to a key of this server; on one machine: export RUNLEDGER_API_KEY=$(cat .runledger/admin.key)',
  404: 'is RUNLEDGER_URL the address of a Runledger server of this version?',
  429: 'the server is busy: try again in a moment',
  503: 'the server, or what it reads from, is away or behind: try again in a moment',
};

/** Of a key; a 403 may also be a gate's. */
const NO_PERMISSION = 'this key may not: ask for one with that permission, such as runs:read to read runs';

type Refusal = Readonly<{ error?: { code?: string; message?: string } }>;

/** The server's own words, and what to do next. */
function refusal(status: number, body: string): Fault {
  let told: Refusal['error'];
  try {
    told = (JSON.parse(body) as Refusal).error;
  } catch {
    told = undefined;
  }
  const words = told?.message ?? (body.slice(0, 200) || 'no reason given');
  const advice = told?.code === 'ACCESS_NOT_ALLOWED' ? NO_PERMISSION : HINTS[status];
  const hint = advice === undefined ? '' : `\n${advice}`;
  return new Fault(
    status >= 500 ? 'unavailable' : 'invalid',
    'CLI_REFUSED',
    `${words} (${told?.code ?? status})${hint}`,
  );
}

type Asking = Readonly<{ method: 'GET' | 'POST' | 'DELETE'; body?: string; type?: string }>;

/** A Runledger server, as RUNLEDGER_URL and RUNLEDGER_API_KEY name it. */
export function createServer({ env, signal }: Pick<CliEnds, 'env' | 'signal'>) {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const { RUNLEDGER_URL: url, RUNLEDGER_API_KEY: key } = z.object(cliSettings).parse(given);
  const base = url.replace(/\/+$/, '');
  if (!/^https?:$/.test(URL.canParse(base) ? new URL(base).protocol : ''))
    throw new Fault('invalid', 'CLI_BAD_URL', `RUNLEDGER_URL is no http address: ${base}`);
  const dispatcher = new Agent({ headersTimeout: PATIENCE_MS, bodyTimeout: PATIENCE_MS, connect: { timeout: 10_000 } });

  const session = key === undefined ? keptSession(env, base) : undefined;
  const credentials = key ?? session;

  async function call(path: string, { type = 'application/json', ...what }: Asking): Promise<Readable> {
    const headers: Record<string, string> = { 'user-agent': 'runledger-cli' };
    if (what.body !== undefined) headers['content-type'] = type;
    if (credentials !== undefined) headers['authorization'] = `Bearer ${credentials}`;
    const answer = await request(`${base}/api/v1/${path}`, { ...what, headers, signal, dispatcher }).catch(
      (cause: unknown) => {
        if (signal.aborted) throw cause;
        const why = cause instanceof Error ? cause.message || (cause as NodeJS.ErrnoException).code : String(cause);
        throw new Fault(
          'unavailable',
          'CLI_AWAY',
          `no Runledger server answers at ${base}: ${String(why)}\nstart one with npm start, or set RUNLEDGER_URL`,
        );
      },
    );
    if (answer.statusCode !== 200) throw refusal(answer.statusCode, await text(answer.body));
    return answer.body;
  }
  const stream = (path: string, body: unknown): Promise<Readable> =>
    call(path, { method: 'POST', body: JSON.stringify(body) });

  return {
    base,
    /** Of `runledger login`; undefined where there is none, or a key is set. */
    session,
    /** Reads something, whole. */
    read: async <T>(path: string): Promise<T> => (await json(await call(path, { method: 'GET' }))) as T,
    /** Sends fields as a form does. */
    form: async <T>(path: string, fields: Readonly<Record<string, string>>): Promise<T> => {
      const body = new URLSearchParams(fields).toString();
      return (await json(await call(path, { method: 'POST', body, type: 'application/x-www-form-urlencoded' }))) as T;
    },
    /** Asks for something that is answered with nothing. */
    close: async (path: string): Promise<void> => void (await text(await call(path, { method: 'POST' }))),
    /** Takes something away. */
    remove: async <T>(path: string): Promise<T> => (await json(await call(path, { method: 'DELETE' }))) as T,
    /** Asks, and answers with the whole JSON. */
    ask: async <T>(path: string, body: unknown): Promise<T> => (await json(await stream(path, body))) as T,
    /** Asks for something of any size. */
    stream,
    /** Fetches something of any size. */
    fetch: (path: string): Promise<Readable> => call(path, { method: 'GET' }),
  };
}
export type Server = ReturnType<typeof createServer>;
