import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { request as requestTls } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Controller, Post } from '@nestjs/common';
import { type Authenticator, Public } from '@runledger/access';
import { createLogger } from '@runledger/kernel';
import { z } from 'zod';
import { ApiRoute } from './api-route';
import { type HttpOptions, type HttpServer, serveHttp } from './serve-http';
import { readTls } from './tls';

@Controller()
class WriteController {
  @Post('write')
  @Public()
  @ApiRoute({ summary: 'Changes something', response: z.unknown() })
  write() {
    return { written: true };
  }
}

const nobody: Authenticator = { authenticate: () => Promise.reject(new Error('not asked here')) };
let server: HttpServer | undefined;
const serve = async (more: Partial<HttpOptions> = {}): Promise<HttpServer> => {
  server = await serveHttp({
    modules: [{ module: class WriteModule {}, controllers: [WriteController] }],
    host: '127.0.0.1',
    port: 0,
    authenticator: nobody,
    logger: createLogger('http', 'silent'),
    ...more,
  });
  return server;
};
afterEach(() => server?.close());

type Answer = Readonly<{ status: number; headers: Readonly<Record<string, unknown>>; body: string }>;
const post = (url: string, headers: Readonly<Record<string, string>>): Promise<Answer> =>
  new Promise((done, failed) => {
    const options = { method: 'POST', headers, rejectUnauthorized: false };
    const ask = url.startsWith('https') ? requestTls : request;
    const sent = ask(`${url}/write`, options, (answer) => {
      let body = '';
      answer.on('data', (chunk: Buffer) => (body += chunk.toString()));
      answer.on('end', () => done({ status: answer.statusCode ?? 0, headers: answer.headers, body }));
    });
    sent.on('error', failed).end();
  });

describe('names', () => {
  it.each([
    ['its own', 'ledger.test', 200],
    ['its own, with a port', 'Ledger.test:443', 200],
    ['an address, which nobody can point elsewhere', '10.1.2.3:7070', 200],
    ["somebody else's", 'evil.test', 403],
    ['one that only begins like it', 'ledger.test.evil.test', 403],
  ])('answers to %s wherever it is bound, once it knows its names', async (_, host, status) => {
    const { url } = await serve({ host: '0.0.0.0', hostNames: ['ledger.test'] });
    const answer = await post(url.replace('0.0.0.0', '127.0.0.1'), { host });
    expect(answer.status).toBe(status);
    if (status === 403) expect(answer.body).toContain('HTTP_FOREIGN_HOST');
  });
});

describe('proxies', () => {
  const behind = { host: '127.0.0.1', 'x-forwarded-host': 'ledger.test', origin: 'https://ledger.test' };

  it("does not read what a stranger says of another's host", async () => {
    const { url } = await serve({ hostNames: [] });
    expect(await post(url, behind)).toMatchObject({ status: 403 });
    expect((await post(url, { host: 'evil.test', 'x-forwarded-host': '127.0.0.1' })).body).toContain('FOREIGN_HOST');
  });

  it.each(['127.0.0.1', '127.0.0.0/8', '::1,127.0.0.1'])('reads it from those that were named: %s', async (proxies) => {
    const { url } = await serve({ hostNames: ['ledger.test'], trustedProxies: proxies.split(',') });
    expect(await post(url, behind)).toMatchObject({ status: 200 });
    expect(await post(url, { ...behind, origin: 'https://evil.test' })).toMatchObject({ status: 403 });
    // Of a list the nearest proxy wrote the last.
    expect(await post(url, { ...behind, 'x-forwarded-host': 'ledger.test, evil.test' })).toMatchObject({ status: 403 });
    expect(await post(url, { ...behind, 'x-forwarded-host': 'evil.test, ledger.test' })).toMatchObject({ status: 200 });
  });

  it('does not read it from others than those', async () => {
    const { url } = await serve({ trustedProxies: ['10.0.0.0/8'] });
    expect(await post(url, behind)).toMatchObject({ status: 403 });
  });

  it.each(['proxy', '10.0.0.0/33', '::/129', '10.0.0.1/', '300.1.1.1'])('refuses to start with %s', async (proxy) => {
    server = undefined;
    await expect(serve({ trustedProxies: [proxy] })).rejects.toMatchObject({ code: 'HTTP_BAD_PROXY' });
  });
});

describe('TLS', () => {
  let folder = '';
  const file = (name: string): string => join(folder, name);
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'runledger-tls-'));
    const made = spawnSync('openssl', [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '1'],
      ...['-subj', '/CN=ledger.test', '-keyout', file('key.pem'), '-out', file('cert.pem')],
    ]);
    if (made.status !== 0) throw new Error(String(made.stderr));
    writeFileSync(file('text.pem'), 'no certificate');
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('is what it speaks when it has a certificate, and nothing else', async () => {
    const { url } = await serve({ tls: readTls(file('cert.pem'), file('key.pem')) });
    expect(url).toMatch(/^https:/);
    const answer = await post(url, { host: '127.0.0.1' });
    expect(answer).toMatchObject({ status: 200, headers: { 'strict-transport-security': 'max-age=15552000' } });
    await expect(post(url.replace('https', 'http'), { host: '127.0.0.1' })).rejects.toThrow();
    const old = ['s_client', '-connect', new URL(url).host, '-tls1_1'];
    expect(spawnSync('openssl', old, { input: '', timeout: 10_000 }).status).not.toBe(0);
  });

  it.each([
    ['a certificate alone', 'cert.pem', undefined],
    ['a key alone', undefined, 'key.pem'],
    ['a file that is not there', 'none.pem', 'key.pem'],
    ['a file that is no certificate', 'text.pem', 'key.pem'],
    ['a key that is no key', 'cert.pem', 'text.pem'],
  ])('is not made of %s', (_, cert, key) => {
    const read = () => readTls(cert && file(cert), key && file(key));
    expect(read).toThrow(expect.objectContaining({ kind: 'invalid', code: 'HTTP_BAD_TLS' }));
  });

  it('is off without files, and its header with it', async () => {
    expect(readTls(undefined, undefined)).toBeUndefined();
    const { url } = await serve();
    expect((await post(url, { host: '127.0.0.1' })).headers['strict-transport-security']).toBeUndefined();
  });
});

it('answers with headers that keep browsers from framing, sniffing and opening', async () => {
  const { url } = await serve();
  expect((await post(url, { host: '127.0.0.1' })).headers).toMatchObject({
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    'cache-control': 'no-store',
  });
});
