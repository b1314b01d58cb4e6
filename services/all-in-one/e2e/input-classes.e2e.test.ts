import { request } from 'node:http';
import { gzipSync } from 'node:zlib';
import { type TemporaryFolder, temporaryFolder } from '@runledger/testkit';
import { type AllInOne, startAllInOne } from './all-in-one-process';

type Body = Readonly<{ content: Readonly<Record<string, unknown>> }>;
type Operation = Readonly<{ summary?: string; requestBody?: Body; security: readonly unknown[] }>;
type Route = Readonly<{ name: string; method: string; path: string; types: readonly string[]; isOpen: boolean }>;
type Sent = Readonly<{ body: string | Buffer; headers?: Readonly<Record<string, string>> }>;
type Answer = Readonly<{ status: number; code: string }>;

const MOST_MS = 10_000;
const JSON_TYPE = 'application/json';
const KIB = 1024;
const gzip = { 'content-encoding': 'gzip' };
/** More than the largest of the bodies that routes take, in a few kilobytes. */
const BOMB = gzipSync(Buffer.alloc(80 * KIB * KIB, ' '), { level: 9 });

/** What no route takes that reads JSON, whatever it does with it. */
const NO_JSON: Readonly<Record<string, Sent & Readonly<{ says: readonly [status: number, code: string] }>>> = {
  'no JSON': { body: 'hello', says: [400, 'HTTP_BAD_JSON'] },
  'JSON that is cut': { body: '{"a": [1, 2', says: [400, 'HTTP_BAD_JSON'] },
  'NaN without quotes': { body: '{"a": NaN}', says: [400, 'HTTP_BAD_JSON'] },
  'no UTF-8': { body: Buffer.from('{"a":"\xff"}', 'latin1'), says: [400, 'HTTP_UNCLEAN_TEXT'] },
  'a member twice': { body: '{"a":1,"a":2}', says: [400, 'HTTP_DUPLICATE_MEMBER'] },
  'a member twice, once escaped': { body: '{"a":1,"\\u0061":2}', says: [400, 'HTTP_DUPLICATE_MEMBER'] },
  'a member of a prototype': { body: '{"__proto__":{"admin":true}}', says: [400, 'HTTP_PROTOTYPE_NAME'] },
  'a constructor deep inside': { body: '{"a":[{"constructor":{}}]}', says: [400, 'HTTP_PROTOTYPE_NAME'] },
  'half a surrogate pair': { body: '{"a":"\\ud800"}', says: [400, 'HTTP_UNCLEAN_TEXT'] },
  NUL: { body: '{"a":"\\u0000"}', says: [400, 'HTTP_UNCLEAN_TEXT'] },
  'a number that no double holds': { body: '{"a":1e999}', says: [400, 'HTTP_INEXACT_NUMBER'] },
  'five hundred levels': { body: '['.repeat(500), says: [400, 'HTTP_TOO_DEEP'] },
};

/** What no route takes that reads a body into memory, whatever its type. */
const NO_BODY: typeof NO_JSON = {
  br: { body: 'x', headers: { 'content-encoding': 'br' }, says: [415, 'HTTP_BAD_ENCODING'] },
  zstd: { body: 'x', headers: { 'content-encoding': 'zstd' }, says: [415, 'HTTP_BAD_ENCODING'] },
  'gzip in gzip': { body: 'x', headers: { 'content-encoding': 'gzip, gzip' }, says: [415, 'HTTP_BAD_ENCODING'] },
  'gzip that is none': { body: '{}', headers: gzip, says: [400, 'HTTP_BAD_GZIP'] },
  'gzip that is cut': { body: gzipSync('{"a":1}').subarray(0, -6), headers: gzip, says: [400, 'HTTP_BAD_GZIP'] },
  'a bomb': { body: BOMB, headers: gzip, says: [413, 'HTTP_BODY_TOO_LARGE'] },
};

/** Every route that takes a body, of all doors, as the running server describes them: a new route is tried with the others. */
describe('bodies that no route takes', () => {
  let folder: TemporaryFolder;
  let server: AllInOne;
  let routes: readonly Route[];
  let before: unknown;

  beforeAll(async () => {
    folder = temporaryFolder('input-classes');
    server = await startAllInOne(`${folder.path}/data`, { RUNLEDGER_LOCAL_ACCOUNTS: 'on' });
    const described = (await (await fetch(`${server.url}/openapi.json`)).json()) as {
      paths: Record<string, Record<string, Operation>>;
    };
    routes = Object.entries(described.paths).flatMap(([path, methods]) =>
      Object.entries(methods).flatMap(([method, { summary, requestBody, security }]): Route[] => {
        if (requestBody === undefined || summary?.includes('501') === true) return [];
        const types = Object.keys(requestBody.content);
        const name = `${method.toUpperCase()} ${path}`;
        return [
          {
            name,
            method: method.toUpperCase(),
            path: path.replace(/\{\w+\}/g, 'x'),
            types,
            isOpen: security.length === 0,
          },
        ];
      }),
    );
    before = await standing();
  });
  afterAll(async () => {
    await server.process.stop();
    folder.remove();
  });

  /** How far the log and the journal have come, and what the search finds. */
  async function standing(): Promise<unknown> {
    const headers = { authorization: `Bearer ${server.key}`, 'content-type': JSON_TYPE };
    const read = async (path: string, init: object = {}) =>
      (await fetch(server.url + path, { headers, ...init })).json() as Promise<Record<string, unknown>>;
    const { log, journal } = await read('/api/v1/positions?strong=true');
    const search = { method: 'POST', body: JSON.stringify({ limit: 100 }) };
    return { log, journal, found: await read('/api/v1/search', search) };
  }

  /** By hand: fetch sends no such headers. The connection is closed by whoever refuses a body that it has not read. */
  function send({ method, path }: Route, type: string, { body, headers }: Sent, key?: string): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const sent = request(
        `${server.url}${path}`,
        {
          method,
          timeout: MOST_MS,
          headers: {
            'content-type': type,
            origin: server.url,
            'content-length': Buffer.byteLength(body),
            ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
            ...headers,
          },
        },
        (answer) => {
          let text = '';
          answer.setEncoding('utf8').on('data', (chunk: string) => {
            text += chunk;
          });
          answer.on('end', () => resolve({ status: answer.statusCode ?? 0, code: codeOf(text) }));
        },
      );
      sent.on('timeout', () => sent.destroy(new Error(`${method} ${path} took too long`)));
      sent.on('error', reject);
      sent.end(body);
    });
  }

  /** In the native shape, MLflow's or that of OAuth (RFC 6749, 5.2); anything else is no error of ours. */
  function codeOf(text: string): string {
    const { error, error_code: ofMlflow } = JSON.parse(text) as {
      error?: { code: string; message: string } | string;
      error_code?: string;
    };
    return typeof error === 'string' ? `OAuth: ${error}` : (error?.code ?? `MLflow: ${ofMlflow}`);
  }

  const isMlflow = ({ path }: Route): boolean =>
    /^\/(ajax-)?api\/[23]\.0/.test(path) || path.startsWith('/get-artifact');
  const readsJson = ({ types }: Route): boolean => types.includes(JSON_TYPE);

  /** Routes whose answer is another than the class has. */
  async function others(
    of: readonly Route[],
    type: (route: Route) => string,
    bad: (typeof NO_JSON)[string],
  ): Promise<string[]> {
    const found: string[] = [];
    for (const route of of) {
      const { status, code } = await send(route, type(route), bad, server.key);
      const fits =
        status === bad.says[0] &&
        (code === bad.says[1] || (isMlflow(route) ? code.startsWith('MLflow: ') : code.startsWith('OAuth: ')));
      if (!fits) found.push(`${route.name}: ${status} ${code}`);
    }
    return found;
  }

  it('are tried at every door', () => {
    const names = routes.filter(readsJson).map(({ name }) => name);
    expect(names).toEqual(
      expect.arrayContaining([
        'POST /api/v1/events',
        'POST /api/v1/metrics',
        'POST /api/v1/sql',
        'POST /api/v1/search',
        'POST /api/v1/commands/create-webhook',
        'POST /api/2.0/mlflow/runs/log-batch',
        'POST /auth/local',
      ]),
    );
  });

  it.each(Object.entries(NO_JSON))('%s', async (_what, bad) => {
    expect(await others(routes.filter(readsJson), () => JSON_TYPE, bad)).toEqual([]);
  });

  it.each(Object.entries(NO_BODY))('%s', async (_what, bad) => {
    expect(await others(routes.filter(readsJson), ({ types }) => types[0] ?? JSON_TYPE, bad)).toEqual([]);
  });

  it('another media type', async () => {
    const bad = { body: 'x', says: [415, 'HTTP_BAD_MEDIA_TYPE'] } as const;
    const strict = routes.filter(
      ({ types }) => !types.some((type) => type.includes('*') || type.includes('octet-stream')),
    );
    expect(await others(strict, () => 'application/x-nonsense', bad)).toEqual([]);
    expect(await others(strict, () => 'nonsense', bad)).toEqual([]);
  });

  it('any body without a key', async () => {
    const found: string[] = [];
    for (const route of routes.filter(({ isOpen }) => !isOpen)) {
      const { status } = await send(route, route.types[0] ?? JSON_TYPE, { body: '{' });
      if (status !== 401) found.push(`${route.name}: ${status}`);
    }
    expect(found).toEqual([]);
  });

  it('have stored nothing', async () => {
    expect(await standing()).toEqual(before);
  });
});
