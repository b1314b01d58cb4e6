import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Connection } from './task';

type Env = Readonly<Record<string, string | undefined>>;

const LOCAL = new Set(['127.0.0.1', 'localhost', '[::1]']);

/** The key that the all-in-one wrote for programs of the same user on the same machine. */
function localKey(url: string, env: Env): string | undefined {
  if (!LOCAL.has(new URL(url).hostname)) return undefined;
  try {
    return readFileSync(join(env['RUNLEDGER_DATA'] || '.runledger', 'admin.key'), 'utf8').trim();
  } catch {
    return undefined; // another user's server, or one without access control
  }
}

export function readConnection(env: Env, readUrl: string | undefined): Connection {
  const url = env['RUNLEDGER_URL'] || 'http://127.0.0.1:7070';
  if (!URL.canParse(url)) throw new TypeError(`RUNLEDGER_URL is no address: ${url}`);
  const apiKey = env['RUNLEDGER_API_KEY'] || localKey(url, env);
  return {
    url,
    spool: resolve('.runledger-spool'),
    ...(readUrl === undefined ? {} : { readUrl }),
    ...(apiKey === undefined ? {} : { apiKey }),
  };
}

/** Undefined when the server is ready; else what a person can do about it. */
export async function whatIsWrong({ url }: Connection): Promise<string | undefined> {
  const start = `Start one in another terminal with

  npm start

or say where it is with RUNLEDGER_URL.`;
  try {
    const health = new URL('health/ready', `${url.replace(/\/+$/, '')}/`);
    const answer = await fetch(health, { signal: AbortSignal.timeout(5_000) });
    if (answer.ok) return undefined;
    return `The server at ${url} is not ready: it answers ${answer.status} to ${health.pathname}.`;
  } catch {
    return `No Runledger server answers at ${url}. ${start}`;
  }
}
