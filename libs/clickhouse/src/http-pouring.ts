import { randomUUID } from 'node:crypto';
import { openAsBlob } from 'node:fs';
import { Readable } from 'node:stream';
import { type Pouring, READ_SETTINGS, structureOfTable, withCtes } from './engine';
import { statementFault } from './statement-fault';

/** The server as its URL names it, without user and password, which go into a header. */
function addressOf(text: string): { url: URL; headers: Record<string, string> } {
  const url = new URL(text);
  const { username, password } = url;
  url.username = '';
  url.password = '';
  const database = url.pathname.slice(1);
  url.pathname = '/';
  if (database !== '') url.searchParams.set('database', database);
  const headers: Record<string, string> = {};
  if (username !== '') headers['x-clickhouse-user'] = decodeURIComponent(username);
  if (password !== '') headers['x-clickhouse-key'] = decodeURIComponent(password);
  return { url, headers };
}

/**
 * A statement with its tables as external data, in one multipart request. The server answers once it has the whole answer
 * (`wait_end_of_query`): a statement that fails late is a failure, and no answer that breaks off.
 */
export async function pourOverHttp(
  server: string,
  pouring: Pouring,
  kill: (queryId: string) => void,
): Promise<Readable> {
  const { ctes, select, tables, format, settings, signal } = pouring;
  const { url, headers } = addressOf(server);
  const queryId = randomUUID();
  const all = { ...READ_SETTINGS, ...settings, query_id: queryId, default_format: format, wait_end_of_query: 1 };
  for (const [name, value] of Object.entries(all)) url.searchParams.set(name, String(value));
  const form = new FormData();
  form.set('query', withCtes(ctes, select));
  for (const table of tables) {
    url.searchParams.set(`${table.name}_format`, 'TSV');
    url.searchParams.set(`${table.name}_structure`, structureOfTable(table));
    form.set(table.name, await openAsBlob(table.file), table.name);
  }
  const stop = (): void => kill(queryId);
  signal.addEventListener('abort', stop, { once: true });
  try {
    const answer = await fetch(url, { method: 'POST', headers, body: form, signal });
    if (!answer.ok || answer.body === null) {
      const number = Number(answer.headers.get('x-clickhouse-exception-code') ?? 0);
      throw statementFault(number, new Error(await answer.text()));
    }
    const stream = Readable.fromWeb(answer.body);
    stream.once('close', () => signal.removeEventListener('abort', stop));
    return stream;
  } catch (error) {
    signal.removeEventListener('abort', stop);
    throw error instanceof TypeError ? statementFault(0, error) : error;
  }
}
