import { request as ask } from 'node:http';
import { Controller, Get, Post, Res } from '@nestjs/common';
import { type Authenticator, decide, everything, Permission, type Permissions, Public } from '@runledger/access';
import { createLogger, type Quotas } from '@runledger/kernel';
import { openInProcessLimits } from '@runledger/limits';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { ApiRoute } from './api-route';
import type { Body } from './body-reader';
import { RawBody } from './request-input';
import { type HttpServer, serveHttp } from './serve-http';

@Controller()
class LimitedController {
  @Post('take')
  @Permission('events:write')
  @ApiRoute({ summary: 'Takes a body', body: { types: { '*': 'binary' } }, response: z.unknown() })
  take(@RawBody() body: Body) {
    return { length: body.bytes.length };
  }

  @Get('look')
  @Permission('runs:read')
  @ApiRoute({ summary: 'Takes its time', response: z.unknown() })
  async look() {
    await new Promise((done) => setTimeout(done, 120));
    return {};
  }

  @Get('feed')
  @Permission('runs:read')
  @ApiRoute({ summary: 'Stays open', response: 'text/event-stream' })
  async feed(@Res() reply: FastifyReply) {
    await new Promise((done) => setTimeout(done, 120));
    reply.header('content-type', 'text/event-stream').send('data: 1\n\n');
  }

  @Get('near')
  @Permission('runs:read', 'project')
  @ApiRoute({ summary: 'Keeps to projects', response: z.unknown() })
  near() {
    return {};
  }

  @Get('open')
  @Public()
  @ApiRoute({ summary: 'For everybody', response: z.unknown() })
  open() {
    return {};
  }
}

const permissionsIn = (projects: string | undefined): Permissions =>
  projects === undefined
    ? everything
    : decide(projects.split('+').map((project) => ({ role: 'admin', project, effect: 'allow' })));

/** The key is the workspace, and the projects to which it is kept behind a slash. */
const authenticator: Authenticator = {
  authenticate: async ({ headers: { authorization = '' } }) => ({
    workspace: authorization.slice('Bearer '.length).split('/')[0] ?? '',
    actor: 'key/1',
    permissions: permissionsIn(authorization.split('/')[1]),
  }),
};

let server: HttpServer;
const serve = async (workspace: Quotas, project: Quotas = {}): Promise<void> => {
  server = await serveHttp({
    modules: [{ module: class LimitedModule {}, controllers: [LimitedController] }],
    dialects: [{ paths: ['/other'], write: (answer) => answer }],
    host: '127.0.0.1',
    port: 0,
    authenticator,
    logger: createLogger('http', 'silent'),
    quotas: openInProcessLimits({ workspace, project, caller: {} }),
  });
};
afterEach(() => server.close());
const get = (path: string, who = 'one') => fetch(server.url + path, { headers: { authorization: `Bearer ${who}` } });
const post = (body: string, who = 'one') =>
  fetch(`${server.url}/take`, { method: 'POST', headers: { authorization: `Bearer ${who}` }, body });

it('counts for a project whoever is bound to it, and nobody else', async () => {
  await serve({}, { requests: 1 });
  const statuses = async (who: string, asked: number) =>
    (await Promise.all(Array.from({ length: asked }, () => get('/near', who)))).map(({ status }) => status).sort();
  expect(new Set(await statuses('one', 15))).toEqual(new Set([200]));
  expect(new Set(await statuses('one/vision+speech', 15))).toEqual(new Set([200]));
  expect((await statuses('one/vision', 15)).filter((status) => status === 429).length).toBe(5);
  expect(await statuses('one/speech', 1)).toEqual([200]);
  expect((await get('/near', 'one/vision')).headers.get('ratelimit')).toMatch(/^"project-requests";r=0/);
});

it('refuses too many requests of one workspace, tells when to come again, and lets others in', async () => {
  await serve({ requests: 1 });
  for (let left = 9; left >= 0; left--) {
    const answer = await post('x');
    expect(answer.status).toBe(200);
    expect(answer.headers.get('ratelimit-policy')).toBe('"workspace-requests";q=10;w=10;qu="requests"');
    expect(answer.headers.get('ratelimit')).toMatch(new RegExp(`^"workspace-requests";r=${left};t=([1-9]|10)$`));
  }
  const refused = await post('x');
  expect(refused.status).toBe(429);
  expect(refused.headers.get('ratelimit')).toMatch(/^"workspace-requests";r=0;t=\d+$/);
  const wait = Number(refused.headers.get('retry-after'));
  expect(wait).toBeGreaterThanOrEqual(1);
  expect(wait).toBeLessThanOrEqual(10);
  expect(await refused.json()).toMatchObject({
    error: { code: 'LIMITS_EXCEEDED', details: { scope: 'workspace', quantity: 'requests', limit: 10, remaining: 0 } },
  });
  expect((await post('x', 'two')).status).toBe(200);
  expect((await get('/open')).status).toBe(200);
});

it('counts the bytes of bodies before it reads them', async () => {
  await serve({ bytes: 10 });
  expect((await post('x'.repeat(60))).status).toBe(200);
  expect((await post('x'.repeat(60))).status).toBe(429);
  expect((await post('x'.repeat(40))).status).toBe(200);
});

/** Without a length: HTTP's chunks. */
const postChunked = (bytes: number): Promise<number> =>
  new Promise((done, failed) => {
    const headers = { authorization: 'Bearer one', 'transfer-encoding': 'chunked' };
    const sent = ask(`${server.url}/take`, { method: 'POST', headers }, (answer) => {
      answer.resume().on('end', () => done(answer.statusCode ?? 0));
    });
    sent.on('error', failed);
    sent.end('x'.repeat(bytes));
  });

it('counts bodies that did not say their length when they have come', async () => {
  await serve({ bytes: 100 });
  expect(await postChunked(700)).toBe(200);
  expect(await postChunked(700)).toBe(200);
  expect(await postChunked(1)).toBe(429);
});

it('counts how long reads take, but not how long a feed stays open', async () => {
  await serve({ reads: 1 });
  await Promise.all(Array.from({ length: 90 }, () => get('/feed')));
  expect((await get('/look')).status).toBe(200);
  await Promise.all(Array.from({ length: 100 }, () => get('/look')));
  const refused = await get('/look');
  expect([refused.status, refused.headers.get('ratelimit')?.split(';')[0]]).toEqual([429, '"workspace-read-ms"']);
  expect((await get('/look', 'two')).status).toBe(200);
});
