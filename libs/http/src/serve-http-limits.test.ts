import { connect, type Socket } from 'node:net';
import { Controller, type DynamicModule, Get, Inject, Injectable, type OnModuleInit, Post } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { type Authenticator, Public } from '@runledger/access';
import { createLogger } from '@runledger/kernel';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { ApiRoute } from './api-route';
import type { Body } from './body-reader';
import { RawBody } from './request-input';
import { type HttpOptions, type HttpServer, serveHttp } from './serve-http';

let release: () => void = () => undefined;
let arrived: () => void = () => undefined;

@Controller()
class SlowController {
  @Post('take')
  @Public()
  @ApiRoute({ summary: 'Takes a body', body: { types: { '*': 'binary' }, limit: 1_000 }, response: z.unknown() })
  take(@RawBody() body: Body) {
    return { length: body.bytes.length };
  }

  @Get('slow')
  @Public()
  @ApiRoute({ summary: 'Answers when told', response: z.unknown() })
  async slow() {
    await new Promise<void>((resolve) => {
      release = resolve;
      arrived();
    });
    return { done: true };
  }
}

const nobody: Authenticator = { authenticate: () => Promise.reject(new Error('not asked here')) };
const open = (more: Partial<HttpOptions> = {}): Promise<HttpServer> =>
  serveHttp({
    modules: [{ module: class SlowModule {}, controllers: [SlowController] }],
    host: '127.0.0.1',
    port: 0,
    authenticator: nobody,
    logger: createLogger('http', 'silent'),
    ...more,
  });

/** Of the next request for what is slow, at what answers it. */
const arrival = (): Promise<void> =>
  new Promise((resolve) => {
    arrived = resolve;
  });

function dial(server: HttpServer): { socket: Socket; ended: Promise<string> } {
  const { hostname, port } = new URL(server.url);
  let answer = '';
  const socket = connect(Number(port), hostname);
  socket.on('data', (chunk) => {
    answer += String(chunk);
  });
  const ended = new Promise<string>((resolve) => {
    socket.on('close', () => resolve(answer));
    socket.on('error', () => resolve(answer));
  });
  return { socket, ended };
}

it('gives up on a body that trickles in', async () => {
  const server = await open({ limits: { deadlineMs: 200 } });
  const { socket, ended } = dial(server);
  socket.write('POST /take HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 500\r\n\r\nx');
  const trickle = setInterval(() => socket.write('x'), 20);
  const answer = await ended;
  clearInterval(trickle);
  expect(answer).toContain('HTTP_SLOW_BODY');
  await server.close();
});

it('gives up on headers that trickle in', async () => {
  const server = await open({ limits: { headersMs: 200 } });
  const { socket, ended } = dial(server);
  socket.write('GET /health/live HTTP/1.1\r\nHost: localhost\r\n');
  expect(await ended).toContain('408');
  await server.close();
});

it('keeps no more unfinished bodies than it may, and is free again when they end', async () => {
  const server = await open({ limits: { inFlightBytes: 500 } });
  const first = dial(server);
  first.socket.write(`POST /take HTTP/1.1\r\nHost: localhost\r\nContent-Length: 600\r\n\r\n${'x'.repeat(400)}`);
  await new Promise((resolve) => setTimeout(resolve, 100));
  const take = (bytes: number) => fetch(`${server.url}/take`, { method: 'POST', body: 'y'.repeat(bytes) });
  expect((await take(200)).status).toBe(429);
  first.socket.destroy();
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect((await take(200)).status).toBe(200);
  await server.close();
});

it('lets requests under way finish when it closes, and takes no new ones', async () => {
  const server = await open();
  const underWay = arrival();
  const slow = fetch(`${server.url}/slow`);
  await underWay;
  const closed = server.close();
  await expect(fetch(`${server.url}/health/live`)).rejects.toThrow();
  release();
  expect(await (await slow).json()).toEqual({ done: true });
  await closed;
});

it('cuts what does not finish in time when it closes', async () => {
  const server = await open({ limits: { drainMs: 200 } });
  const underWay = arrival();
  const slow = fetch(`${server.url}/slow`).then(
    () => 'answered',
    () => 'cut',
  );
  await underWay;
  const begun = Date.now();
  await server.close();
  expect([await slow, Date.now() - begun < 2_000]).toEqual(['cut', true]);
});

it('does not start with a route that goes past the guard', async () => {
  @Injectable()
  class Backdoor implements OnModuleInit {
    constructor(@Inject(HttpAdapterHost) private readonly host: HttpAdapterHost) {}
    onModuleInit() {
      this.host.httpAdapter.getInstance<FastifyInstance>().get('/backdoor', async () => 'open');
    }
  }
  const stray: DynamicModule = { module: class StrayModule {}, providers: [Backdoor] };
  await expect(open({ modules: [stray] })).rejects.toMatchObject({ code: 'HTTP_UNGUARDED_ROUTE' });
});
