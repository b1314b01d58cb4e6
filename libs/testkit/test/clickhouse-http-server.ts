// A thin HTTP front over the real ClickHouse engine (npm `chdb`), in a process of its own, so that the HTTP path of
// libs/clickhouse is tested with the real @clickhouse/client and can be killed like a server. It exists because no
// ClickHouse *server* can be had where the tests run: what only a server does (users, replication, streamed answers,
// interrupted queries) is not tested here, and is refused rather than pretended.
// Run by startClickHouseHttp: `clickhouse-http-server.ts <folder> <port> <user> <password>`.
import { randomUUID } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type Answer, EngineRefused, TestEngine } from '../src/clickhouse-engine';
import { type ClickHouseRequest, type ExternalTable, RequestRefused, readRequest } from '../src/clickhouse-request';

const [folder = '', port = '', user = 'default', password = ''] = process.argv.slice(2);
const bodies = join(folder, 'bodies');
rmSync(bodies, { recursive: true, force: true });
mkdirSync(bodies, { recursive: true });
const engine = new TestEngine(join(folder, 'engine'));

/** As the server maps its codes (ClickHouse's HTTPHandler); everything else is 500. */
const STATUS: ReadonlyArray<[status: number, codes: readonly number[]]> = [
  [400, [6, 26, 27, 33, 36, 38, 41, 42, 43, 53, 62, 70, 117, 130, 131, 132, 456]],
  [403, [194, 497, 516]],
  [404, [404, 16, 46, 47, 50, 56, 60, 81, 115]],
  [501, [48]],
];
const statusOf = (code: number): number => STATUS.find(([, codes]) => codes.includes(code))?.[0] ?? 500;

function mayAsk(request: IncomingMessage): boolean {
  const basic = /^Basic (.*)$/.exec(request.headers.authorization ?? '')?.[1];
  if (basic !== undefined) return Buffer.from(basic, 'base64').toString() === `${user}:${password}`;
  const { 'x-clickhouse-user': name = 'default', 'x-clickhouse-key': key = '' } = request.headers;
  return name === user && key === password;
}

function refuse(response: ServerResponse, code: number, message: string): void {
  response.writeHead(statusOf(code), {
    'content-type': 'text/plain; charset=UTF-8',
    'x-clickhouse-exception-code': String(code),
  });
  response.end(`${message}\n`);
}

function answer(response: ServerResponse, asked: ClickHouseRequest, queryId: string, { bytes, ...told }: Answer): void {
  const summary = {
    read_rows: String(told.rowsRead),
    read_bytes: String(told.bytesRead),
    elapsed_ns: String(Math.round(told.elapsed * 1e9)),
  };
  response.writeHead(200, {
    'content-type': 'text/plain; charset=UTF-8',
    'x-clickhouse-query-id': queryId,
    'x-clickhouse-summary': JSON.stringify(summary),
    ...(asked.acceptsGzip ? { 'content-encoding': 'gzip' } : {}),
  });
  response.end(asked.acceptsGzip ? gzipSync(bytes) : bytes);
}

async function ask(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const file = join(bodies, randomUUID());
  let tables: readonly ExternalTable[] = [];
  try {
    const asked = await readRequest(request, file);
    tables = asked.tables;
    const queryId = asked.queryId ?? randomUUID();
    answer(response, asked, queryId, await engine.run(asked, queryId));
  } catch (error) {
    if (error instanceof EngineRefused) refuse(response, error.code, error.message);
    else if (error instanceof RequestRefused)
      refuse(response, 48, `Code: 48. DB::Exception: ${error.message}. (NOT_IMPLEMENTED)`);
    else refuse(response, 1001, `Code: 1001. DB::Exception: ${String(error)}. (STD_EXCEPTION)`);
  } finally {
    for (const one of [file, ...tables.map((table) => table.file)]) await rm(one, { force: true });
  }
}

/** ClickHouse's own http_max_uri_size: parameters of a statement stand in the address. */
const MOST_ADDRESS_BYTES = 1024 * 1024;

const server = createServer({ maxHeaderSize: MOST_ADDRESS_BYTES }, (request, response) => {
  const path = request.url?.split('?')[0];
  if (path === '/ping') response.end('Ok.\n');
  else if (path !== '/') refuse(response, 404, `There is no handle ${path}`);
  else if (!mayAsk(request))
    refuse(response, 516, `Code: 516. DB::Exception: ${user}: Authentication failed. (AUTHENTICATION_FAILED)`);
  else void ask(request, response);
});
server.listen(Number(port), '127.0.0.1');

process.on('SIGTERM', () => {
  server.close();
  server.closeIdleConnections();
  void engine.close().then(() => process.exit(0));
});
