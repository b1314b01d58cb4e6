import { Controller, type DynamicModule, Get } from '@nestjs/common';
import {
  Caller,
  createAccessReads,
  createAuthenticator,
  createKeyStore,
  type KeyStore,
  openToAll,
  Permission,
  type Principal,
} from '@runledger/access';
import { createLogger } from '@runledger/kernel';
import { openDataSource } from '@runledger/postgres';
import { createDatabase, eventually } from '@runledger/testkit';
import type { DataSource } from 'typeorm';
import { z } from 'zod';
import { ApiRoute } from './api-route';
import { type HttpServer, serveHttp } from './serve-http';

@Controller('who')
class WhoController {
  @Get()
  @Permission('runs:read')
  @ApiRoute({ summary: 'Who asks', response: z.unknown() })
  who(@Caller() { workspace, actor }: Principal) {
    return { workspace, actor };
  }

  @Get('admin')
  @Permission('access:write')
  @ApiRoute({ summary: 'For admins', response: z.unknown() })
  admin() {
    return {};
  }
}
const who: DynamicModule = { module: class WhoModule {}, controllers: [WhoController] };

const logger = createLogger('access', 'silent');
let source: DataSource;
let store: KeyStore;
let server: HttpServer;
let drop: () => Promise<void>;

beforeAll(async () => {
  const database = await createDatabase('access');
  drop = database.drop;
  source = await openDataSource(database.url);
  await source.query(`insert into custody.workspace (id, name) values ('other', 'Other')`);
  store = createKeyStore(source);
  const authenticator = createAuthenticator(store, logger);
  server = await serveHttp({ modules: [who], host: '127.0.0.1', port: 0, authenticator, logger });
});
afterAll(async () => {
  await server.close();
  await source.destroy();
  await drop();
});

const ask = (authorization?: string, path = '/who') =>
  fetch(server.url + path, { headers: authorization === undefined ? {} : { authorization } });
const bearer = (key: string, path?: string) => ask(`Bearer ${key}`, path);
const reader = { workspace: 'default', label: 'reader', permissions: ['runs:read'] as const };

it('lets a key in, as the workspace that it belongs to', async () => {
  const mine = await store.create({ ...reader, actor: 'u1' });
  const theirs = await store.create({ ...reader, workspace: 'other', actor: 'u2' });
  expect(mine.key).toMatch(/^rlk_[\w-]{43}$/);
  expect(await (await bearer(mine.key)).json()).toEqual({ workspace: 'default', actor: 'u1' });
  expect(await (await bearer(theirs.key)).json()).toEqual({ workspace: 'other', actor: 'u2' });
});

it('takes a key as the password of Basic', async () => {
  const { key } = await store.create(reader);
  expect((await ask(`Basic ${Buffer.from(`mlflow:${key}`).toString('base64')}`)).status).toBe(200);
});

it('gives one and the same answer to every key that is not live', async () => {
  const expired = await store.create({ ...reader, expiresAt: new Date(Date.now() - 1_000) });
  const revoked = await store.create(reader);
  await store.revoke('default', revoked.id);
  const foreign = `rlk_${'A'.repeat(43)}`;
  const answers = await Promise.all(
    [undefined, '', 'Bearer', `Bearer ${expired.key}`, `Bearer ${revoked.key}`, `Bearer ${foreign}`, 'Basic !!!'].map(
      async (header) => {
        const answer = await ask(header);
        return `${answer.status} ${answer.headers.get('www-authenticate')} ${await answer.text()}`;
      },
    ),
  );
  expect(new Set(answers).size).toBe(1);
  expect(answers[0]).toMatch(/^401 Bearer .*ACCESS_BAD_CREDENTIALS/);
});

it('does not read keys from the query string', async () => {
  const { key } = await store.create(reader);
  for (const name of ['key', 'api_key', 'token', 'access_token', 'authorization'])
    expect((await ask(undefined, `/who?${name}=${key}`)).status).toBe(401);
});

it('stops to let a key in within five seconds of its revocation', async () => {
  const { id, key } = await store.create(reader);
  expect((await bearer(key)).status).toBe(200);
  expect(await store.revoke('other', id)).toBe(false);
  expect(await store.revoke('default', id)).toBe(true);
  expect(await store.revoke('default', id)).toBe(false);
  await eventually(async () => (await bearer(key)).status === 401 || undefined, 5_000, 100);
});

it('keeps those out who lack the permission, and lets admins do everything', async () => {
  const { key } = await store.create(reader);
  expect((await bearer(key, '/who/admin')).status).toBe(403);
  const admin = await store.create({ ...reader, permissions: ['admin'], key: 'chosen-by-the-operator' });
  expect((await store.create({ ...reader, permissions: [], key: admin.key })).id).toBe(admin.id);
  expect([(await bearer(admin.key)).status, (await bearer(admin.key, '/who/admin')).status]).toEqual([200, 200]);
});

it('stores no key, and lists none', async () => {
  const { id, key } = await store.create({ ...reader, label: 'listed' });
  const listed = (await createAccessReads(source).keys('default')).find((row) => row.key === id);
  expect(listed).toMatchObject({ label: 'listed', scopes: ['runs:read'], status: 'active', account: 'operator' });
  const rows: unknown = await source.query('select * from custody.api_key');
  expect(JSON.stringify([rows, listed])).not.toContain(key);
});

it('refuses weak chosen keys', async () => {
  await expect(store.create({ ...reader, key: 'short' })).rejects.toMatchObject({ code: 'ACCESS_BAD_KEY' });
});

it('is off on loopback only', async () => {
  for (const host of ['0.0.0.0', '::', '10.0.0.1', 'example.org', '127.0.0.1.example.org'])
    expect(() => openToAll(host)).toThrow('RUNLEDGER_AUTH=off is for loopback only');
  const open = await serveHttp({
    modules: [who],
    host: '127.0.0.1',
    port: 0,
    authenticator: openToAll('127.0.0.1'),
    logger,
  });
  expect((await fetch(`${open.url}/who/admin`)).status).toBe(200);
  await open.close();
});
