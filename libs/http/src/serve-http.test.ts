import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { Controller, type DynamicModule, Get, Post, Put } from '@nestjs/common';
import { type Authenticator, Caller, decide, Permission, type Principal, Public } from '@runledger/access';
import { askerGone, createLogger, Fault } from '@runledger/kernel';
import { z } from 'zod';
import { ApiRoute } from './api-route';
import type { Body } from './body-reader';
import { BodyStream, Params, Query, RawBody, type StreamedBody } from './request-input';
import { type HttpOptions, type HttpServer, serveHttp } from './serve-http';

const LIMIT = 100_000;
const waiting = { begun: (): void => undefined, ended: (): void => undefined };
const anything = z.looseObject({});

@Controller('api/v1')
class ProbeController {
  @Get('who')
  @Permission('runs:read')
  @ApiRoute({ summary: 'Who asks', response: anything })
  who(@Caller() who: Principal) {
    return { workspace: who.workspace };
  }

  @Get('things/:thing')
  @Public()
  @ApiRoute({
    summary: 'A thing',
    params: z.strictObject({ thing: z.string().max(20) }),
    query: z.strictObject({ limit: z.coerce.number().int().max(10).default(3) }),
    response: anything,
  })
  thing(@Params() params: { thing: string }, @Query() query: { limit: number }) {
    return { ...params, ...query };
  }

  @Post('echo')
  @Permission('events:write')
  @ApiRoute({
    summary: 'Length of a body',
    status: 202,
    body: { types: { 'application/json': anything, 'application/x-protobuf': 'binary' }, limit: LIMIT },
    response: anything,
  })
  echo(@RawBody() body: Body) {
    return { type: body.mediaType, length: body.bytes.length };
  }

  @Put('files/*')
  @Public()
  @ApiRoute({
    summary: 'Bytes that stream',
    status: 201,
    params: z.strictObject({ path: z.string() }),
    body: { types: { '*': 'binary' } },
    response: anything,
  })
  async file(@Params() params: { path: string }, @BodyStream() body: StreamedBody) {
    let length = 0;
    for await (const chunk of body.stream) length += (chunk as Buffer).length;
    return { ...params, type: body.mediaType, length };
  }

  @Post('waits')
  @Public()
  @ApiRoute({
    summary: 'Waits until its asker goes',
    body: { types: { 'application/json': anything }, limit: LIMIT },
    response: anything,
  })
  async waits(@RawBody() _body: Body) {
    const gone = askerGone();
    waiting.begun();
    await new Promise((resolve) => gone?.addEventListener('abort', resolve));
    waiting.ended();
    return {};
  }

  @Get('fails/:how')
  @Public()
  @ApiRoute({ summary: 'Fails', params: z.strictObject({ how: z.string() }), response: anything })
  fails(@Params() { how }: { how: string }): never {
    if (how === 'unavailable')
      throw new Fault('unavailable', 'PROBE_AWAY', 'come back', {
        context: { retryAfter: 7, details: { lag: 3 }, secret: 1 },
      });
    if (how === 'full') throw new Fault('full', 'PROBE_FULL', 'no space left');
    if (how === 'overloaded') throw new Fault('overloaded', 'PROBE_BUSY', 'slower');
    throw new Error('the password is swordfish');
  }

  @Get('undeclared')
  @ApiRoute({ summary: 'Forgot its permission', response: anything })
  undeclared() {
    return {};
  }
}

const probes = (): DynamicModule => ({ module: class ProbeModule {}, controllers: [ProbeController] });

const authenticator: Authenticator = {
  authenticate: async ({ headers }) => {
    if (headers.authorization !== 'Bearer good') throw new Fault('unauthenticated', 'ACCESS_BAD_CREDENTIALS', 'no');
    return { workspace: 'w', actor: 'a', permissions: decide([{ role: 'editor', project: null, effect: 'allow' }]) };
  },
};

const open = (more: Partial<HttpOptions> = {}): Promise<HttpServer> =>
  serveHttp({
    modules: [probes()],
    host: '127.0.0.1',
    port: 0,
    authenticator,
    logger: createLogger('http', 'silent'),
    ...more,
  });

let server: HttpServer;
beforeAll(async () => {
  server = await open();
});
afterAll(() => server.close());

const KEY = { authorization: 'Bearer good' };
const get = (path: string, headers: Record<string, string> = {}) => fetch(server.url + path, { headers });
const send = (bytes: Buffer | string, headers: Record<string, string> = {}) =>
  fetch(`${server.url}/api/v1/echo`, { method: 'POST', body: bytes, headers: { ...KEY, ...headers } });
const codeOf = async (answer: Response): Promise<string> =>
  ((await answer.json()) as { error: { code: string } }).error.code;

/** Bytes over a bare connection, for what fetch would not send. */
function raw(text: string): Promise<string> {
  const { hostname, port } = new URL(server.url);
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(Number(port), hostname, () => socket.write(text));
    socket.on('data', (chunk) => {
      answer += String(chunk);
    });
    socket.on('close', () => resolve(answer));
    socket.on('error', reject);
  });
}

describe('access', () => {
  it('lets a caller in who has the permission', async () => {
    const answer = await get('/api/v1/who', KEY);
    expect([answer.status, await answer.json()]).toEqual([200, { workspace: 'w' }]);
  });

  it('refuses a request without a key before it looks at its body', async () => {
    const answer = await send(Buffer.alloc(LIMIT * 2), { authorization: '', 'content-type': 'application/zip' });
    expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([401, 'Bearer realm="runledger"']);
  });

  it('refuses a route that declares no permission, whoever asks', async () => {
    const answer = await get('/api/v1/undeclared', KEY);
    expect([answer.status, await codeOf(answer)]).toEqual([403, 'ACCESS_NOT_DECLARED']);
  });

  it.each([
    ['//api/v1/who', 404],
    ['/api/v1//who', 404],
    ['/api/v1/who/', 404],
    ['/API/v1/who', 404],
    ['/api/v1/%77ho', 401],
    ['/api/v1/x/%2e%2e/who', 404],
    ['/api/v1/things/..%2fwho', 200],
  ])('is not tricked by %s', async (path, status) => {
    const answer = await raw(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
    expect(answer).toContain(`HTTP/1.1 ${status} `);
  });

  it('guards HEAD as it does GET', async () => {
    const answer = await fetch(`${server.url}/api/v1/who`, { method: 'HEAD' });
    expect(answer.status).toBe(401);
  });
});

describe('input', () => {
  it('validates and converts path and query by the declared schemas', async () => {
    expect(await (await get('/api/v1/things/t1?limit=7')).json()).toEqual({ thing: 't1', limit: 7 });
    expect(await (await get('/api/v1/things/t1')).json()).toEqual({ thing: 't1', limit: 3 });
  });

  it.each(['?limit=11', '?limit=x', '?token=secret', '?limit=1&limit=2', '?__proto__=1'])(
    'refuses %s',
    async (query) => {
      const answer = await get(`/api/v1/things/t1${query}`);
      expect([answer.status, await codeOf(answer)]).toEqual([400, 'HTTP_BAD_INPUT']);
    },
  );

  it('hands a body on as the bytes that came', async () => {
    const answer = await send('{"a":1}', { 'content-type': 'Application/JSON; charset=utf-8' });
    expect([answer.status, await answer.json()]).toEqual([202, { type: 'application/json', length: 7 }]);
  });

  it('decompresses gzip', async () => {
    const answer = await send(gzipSync(Buffer.alloc(5_000)), {
      'content-type': 'application/x-protobuf',
      'content-encoding': 'gzip',
    });
    expect(await answer.json()).toEqual({ type: 'application/x-protobuf', length: 5_000 });
  });

  const json = { 'content-type': 'application/json' };
  const zipped = { ...json, 'content-encoding': 'gzip' };
  it.each<[what: string, body: Buffer, headers: Record<string, string>, refusal: [number, string]]>([
    ['a body that is too long', Buffer.alloc(LIMIT + 1), json, [413, 'HTTP_BODY_TOO_LARGE']],
    ['a bomb', gzipSync(Buffer.alloc(LIMIT * 500)), zipped, [413, 'HTTP_BODY_TOO_LARGE']],
    ['what is not gzip', Buffer.from('plain'), zipped, [400, 'HTTP_BAD_GZIP']],
    ['gzip that is cut', gzipSync(Buffer.alloc(5_000)).subarray(0, 15), zipped, [400, 'HTTP_BAD_GZIP']],
    ['zstd', Buffer.from('x'), { ...json, 'content-encoding': 'zstd' }, [415, 'HTTP_BAD_ENCODING']],
    ['two encodings', Buffer.from('x'), { ...json, 'content-encoding': 'gzip, gzip' }, [415, 'HTTP_BAD_ENCODING']],
    [
      'a media type that is not taken',
      Buffer.from('x'),
      { 'content-type': 'text/plain' },
      [415, 'HTTP_BAD_MEDIA_TYPE'],
    ],
    ['a media type that is none', Buffer.from('x'), { 'content-type': '///' }, [415, 'HTTP_BAD_MEDIA_TYPE']],
    ['no media type', Buffer.from('x'), {}, [415, 'HTTP_BAD_MEDIA_TYPE']],
  ])('refuses %s', async (_what, body, headers, refusal) => {
    const answer = await send(body, headers);
    expect([answer.status, await codeOf(answer)]).toEqual(refusal);
  });

  it('refuses a chunked body as soon as it is too long', async () => {
    const chunk = Buffer.alloc(16_384);
    const body = new ReadableStream({ pull: (to) => to.enqueue(chunk) }); // has no end
    const init = { method: 'POST', body, duplex: 'half', headers: { ...KEY, ...json } } as RequestInit;
    const answer = await fetch(`${server.url}/api/v1/echo`, init);
    expect(answer.status).toBe(413);
  });

  it('streams a body under a path with every kind of character in it', async () => {
    const answer = await fetch(`${server.url}/api/v1/files/a/..%2fb%20c%0d%0a/é`, { method: 'PUT', body: 'bytes' });
    expect([answer.status, await answer.json()]).toMatchObject([201, { path: 'a/../b c\r\n/é', length: 5 }]);
  });
});

it('tells what a request calls that its asker has gone', async () => {
  const begun = new Promise<void>((resolve) => (waiting.begun = resolve));
  const ended = new Promise<void>((resolve) => (waiting.ended = resolve));
  const client = new AbortController();
  const headers = { ...KEY, 'content-type': 'application/json' };
  const asked = fetch(`${server.url}/api/v1/waits`, { method: 'POST', body: '{}', headers, signal: client.signal });
  await begun;
  client.abort();
  await expect(asked).rejects.toMatchObject({ name: 'AbortError' });
  await ended;
});

describe('answers', () => {
  it('gives 404 in the one shape, without repeating the URL', async () => {
    const answer = await get('/api/v1/<script>');
    expect([answer.status, await answer.json()]).toEqual([
      404,
      { error: { code: 'HTTP_NO_ROUTE', message: 'there is nothing here' } },
    ]);
  });

  it('says when to come back, and tells of a context only its details', async () => {
    const answer = await get('/api/v1/fails/unavailable');
    expect([answer.status, answer.headers.get('retry-after'), await answer.json()]).toEqual([
      503,
      '7',
      { error: { code: 'PROBE_AWAY', message: 'come back', details: { lag: 3 } } },
    ]);
  });

  it.each([
    ['full', 507],
    ['overloaded', 429],
  ])('sends Retry-After when %s', async (how, status) => {
    const answer = await get(`/api/v1/fails/${how}`);
    expect([answer.status, Number(answer.headers.get('retry-after')) > 0]).toEqual([status, true]);
  });

  it('tells nothing of an unknown error', async () => {
    const answer = await get('/api/v1/fails/bug');
    const text = await answer.text();
    expect([answer.status, JSON.parse(text)]).toMatchObject([500, { error: { code: 'HTTP_BUG' } }]);
    expect(text).not.toMatch(/swordfish|at |\.ts/);
  });

  it.each([
    ['a bad escape in the URL', 'GET /api/v1/things/%zz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n', 400],
    ['what is not HTTP', 'hello\r\n\r\n', 400],
    ['a flood of headers', `GET / HTTP/1.1\r\nHost: localhost\r\n${`x: ${'y'.repeat(99)}\r\n`.repeat(300)}\r\n`, 431],
    ['two lengths', 'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx', 400],
  ])('answers %s in the one shape', async (_what, request, status) => {
    const answer = await raw(request);
    expect(answer).toContain(`HTTP/1.1 ${status} `);
    expect(answer).toMatch(/\{"error":\{"code":"HTTP_[A-Z_]+","message":"[^"]+"\}\}$/);
  });

  it('carries headers that keep a browser from running anything', async () => {
    for (const path of ['/health/live', '/nowhere', '/api/v1/who']) {
      const { headers } = await get(path);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    }
  });
});

describe('pages of other people', () => {
  const head = (host: string, more = '', method = 'GET') =>
    raw(`${method} /health/live HTTP/1.1\r\nHost: ${host}\r\n${more}Connection: close\r\n\r\n`);

  it.each(['localhost', 'localhost:7070', '127.0.0.1', '[::1]:80', 'LocalHost'])('may be called %s', async (host) => {
    expect(await head(host)).toContain(' 200 ');
  });

  it.each(['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example', '', '10.0.0.1'])(
    'do not reach a server on loopback as "%s"',
    async (host) => expect(await head(host)).toContain(' 403 '),
  );

  it('may not write from another origin', async () => {
    expect(await head('localhost', 'Origin: http://evil.example\r\n', 'POST')).toContain(' 403 ');
    expect(await head('localhost', 'Origin: null\r\n', 'POST')).toContain(' 403 ');
    expect(await head('localhost:1', 'Origin: http://localhost:1\r\n', 'POST')).toContain(' 405 ');
  });
});

describe('what every process answers', () => {
  it('is ready only while all its checks pass', async () => {
    let away = false;
    const checks = {
      store: async () => {
        if (away) throw new Error('down');
      },
    };
    const other = await open({ checks });
    const ready = () => fetch(`${other.url}/health/ready`);
    expect(await (await ready()).json()).toEqual({ status: 'ready', checks: { store: 'ok' } });
    away = true;
    await new Promise((resolve) => setTimeout(resolve, 1_050));
    const answer = await ready();
    expect([answer.status, await answer.json()]).toEqual([503, { status: 'not-ready', checks: { store: 'away' } }]);
    await other.close();
  });

  it('counts requests by route, without ids', async () => {
    await get('/api/v1/things/id-of-mine');
    await get('/id-of-nobody');
    const text = await (await get('/metrics')).text();
    expect(text).toContain('route="/api/v1/things/:thing",status="200"');
    expect(text).toContain('route="none",status="404"');
    expect(text).not.toMatch(/id-of/);
  });

  it('describes its routes from the schemas that validate', async () => {
    const document = (await (await get('/openapi.json')).json()) as { paths: Record<string, Record<string, unknown>> };
    expect(document.paths['/api/v1/things/{thing}']?.get).toMatchObject({
      summary: 'A thing',
      security: [],
      parameters: [
        { name: 'thing', in: 'path', required: true, schema: { type: 'string', maxLength: 20 } },
        { name: 'limit', in: 'query', required: false, schema: { type: 'integer', maximum: 10, default: 3 } },
      ],
    });
    expect(document.paths['/api/v1/echo']?.post).toMatchObject({ 'x-permission': 'events:write' });
  });
});
