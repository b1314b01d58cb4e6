import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decodePositionToken, readEventRecord, runSubject } from '@runledger/contracts';
import { Fault } from '@runledger/kernel';
import { openScene, recordsOf, refusalOf, type Scene, send, sendRaw, stateOf } from '../test/ingest-scene';

const RUNS = 'runledger.runs.v1';
const LIMIT = 100_000;

let scene: Scene;
beforeAll(async () => {
  scene = await openScene({ artifactBytes: LIMIT });
});
afterAll(() => scene.close());
afterEach(() => scene.log.healthy());

const digestOf = (bytes: string | Buffer): string => createHash('sha256').update(bytes).digest('hex');
const fileOf = (bytes: string): string => {
  const digest = digestOf(bytes);
  return join(scene.artifactFolder, 'sha256', digest.slice(0, 2), digest.slice(2));
};
type Put = Readonly<{ run?: string; path?: string; type?: string; key?: string; headers?: object }>;
const put = (
  bytes: string | Buffer,
  { run = 'r1', path = 'model.bin', type = 'application/x-weights', ...more }: Put = {},
) => send(scene, `runs/${run}/artifacts/${path}`, bytes, { method: 'PUT', type, ...more });
const factsOf = async (run: string) =>
  (await recordsOf(scene, RUNS))
    .filter(({ key }) => key === `default/${runSubject(run)}`)
    .flatMap((record) => readEventRecord(record).events);

describe('an artifact', () => {
  it('is stored by its digest, then recorded, then acknowledged', async () => {
    const answer = await put('weights', { run: 'a1', path: 'models/best.bin' });
    const digest = `sha256:${digestOf('weights')}`;
    expect([answer.status, answer.body]).toEqual([
      201,
      { path: 'models/best.bin', digest, size: 7, position: expect.any(String) as string },
    ]);
    expect(await readFile(fileOf('weights'), 'utf8')).toBe('weights');
    const data = { path: 'models/best.bin', digest, size: 7, mediaType: 'application/x-weights' };
    expect(await factsOf('a1')).toMatchObject([{ type: 'artifact.stored', dataversion: 1, data }]);
    const { log } = decodePositionToken((answer.body as { position: string }).position);
    expect(log).toMatchObject([{ topic: RUNS }]);
  });

  it('may be empty, have no media type, and any name that is one', async () => {
    for (const path of ['a', 'b/c.d', '.hidden', '...', 'a%20b', '%E2%82%AC', 'a%2Fb', 'x'.repeat(1_000)])
      expect([path, (await put(Buffer.alloc(0), { run: 'a2', path, type: '' })).status]).toEqual([path, 201]);
    const paths = (await factsOf('a2')).map(({ data }) => data as { path: string; mediaType: string });
    expect(paths.map(({ path }) => path)).toEqual([
      'a',
      'b/c.d',
      '.hidden',
      '...',
      'a b',
      '€',
      'a/b',
      'x'.repeat(1_000),
    ]);
    expect(new Set(paths.map(({ mediaType }) => mediaType))).toEqual(new Set(['application/octet-stream']));
  });

  it('is the same fact when it is sent again with its idempotency-key', async () => {
    const headers = { 'idempotency-key': 'upload-1' };
    await put('again', { run: 'a3', headers });
    await put('again', { run: 'a3', headers });
    expect((await factsOf('a3')).map(({ id }) => id)).toEqual(['upload-1', 'upload-1']);
  });

  it('is as large as it may be, and not larger, announced or not', async () => {
    expect((await put(Buffer.alloc(LIMIT))).status).toBe(201);
    const before = await stateOf(scene);
    expect(refusalOf(await put(Buffer.alloc(LIMIT + 1)))).toEqual([413, 'ARTIFACTS_TOO_LARGE']);
    const chunk = `${(1_000).toString(16)}\r\n${'x'.repeat(1_000)}\r\n`;
    const head = 'PUT /api/v1/runs/r1/artifacts/big HTTP/1.1\r\nTransfer-Encoding: chunked';
    expect(await sendRaw(scene, head, `${chunk.repeat(110)}0\r\n\r\n`)).toMatch(
      /^HTTP\/1.1 413 [^]*ARTIFACTS_TOO_LARGE/,
    );
    expect(await stateOf(scene)).toEqual(before);
  });

  it('that is cut is nowhere to be seen', async () => {
    const before = await stateOf(scene);
    const { hostname, port } = new URL(scene.server.url);
    const { connect } = await import('node:net');
    await new Promise<void>((resolve) => {
      const socket = connect(Number(port), hostname, () => {
        socket.write(
          `PUT /api/v1/runs/r1/artifacts/cut HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${scene.keys.writer}\r\nContent-Length: 1000\r\n\r\nfirst half`,
        );
        setTimeout(() => socket.destroy(), 200);
      });
      socket.on('close', () => resolve());
    });
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(await stateOf(scene)).toEqual(before);
    expect(existsSync(fileOf('first half'))).toBe(false);
  });

  it('is taken away by a fact, and its bytes stay', async () => {
    await put('to be deleted', { run: 'a5', path: 'a/b' });
    const remove = (path: string, more: object = {}) =>
      send(scene, `runs/a5/artifacts/${path}`, '', { method: 'DELETE', ...more });
    const answer = await remove('a/b', { headers: { 'idempotency-key': 'removal-1' } });
    expect([answer.status, answer.body]).toEqual([200, { path: 'a/b', position: expect.any(String) as string }]);
    expect((await factsOf('a5')).slice(1)).toMatchObject([
      { id: 'removal-1', type: 'artifacts.deleted', data: { paths: ['a/b'] } },
    ]);
    expect(existsSync(fileOf('to be deleted'))).toBe(true);
    const before = await stateOf(scene);
    expect(refusalOf(await remove('a/..'))).toEqual([400, 'HTTP_BAD_INPUT']);
    expect(refusalOf(await remove('a', { headers: { 'idempotency-key': 'a b' } }))).toEqual([
      400,
      'INGEST_BAD_EVENT_ID',
    ]);
    expect((await remove('a', { key: scene.keys.reader })).status).toBe(403);
    expect(await stateOf(scene)).toEqual(before);
  });

  it('is not acknowledged while the log is away; the same upload is taken afterwards', async () => {
    scene.log.before = () => {
      throw new Fault('unavailable', 'BUS_TEST', 'not now');
    };
    const answer = await put('kept for the retry', { run: 'a4' });
    expect([...refusalOf(answer), answer.headers.get('retry-after')]).toEqual([503, 'BUS_TEST', '2']);
    expect(await factsOf('a4')).toEqual([]);
    scene.log.healthy();
    expect((await put('kept for the retry', { run: 'a4' })).status).toBe(201);
    expect(await factsOf('a4')).toHaveLength(1);
  });

  it.each<[string, [number, string]]>([
    ['/api/v1/runs/r1/artifacts/../../../../etc/passwd', [400, 'HTTP_BAD_INPUT']],
    ['/api/v1/runs/r1/artifacts/..', [400, 'HTTP_BAD_INPUT']],
    ['/api/v1/runs/r1/artifacts/a/../b', [400, 'HTTP_BAD_INPUT']],
    ['/api/v1/runs/r1/artifacts/a/./b', [400, 'HTTP_BAD_INPUT']],
    ['/api/v1/runs/r1/artifacts/%2e%2e/%2e%2e/etc/passwd', [400, 'HTTP_BAD_INPUT']],
    ['/api/v1/runs/r1/artifacts/..%2f..%2fetc%2fpasswd', [400, 'HTTP_BAD_INPUT']],
    ['/api/v1/runs/r1/artifacts/..%5c..%5cwindows', [400, 'HTTP_BAD_INPUT']],
    ['/api/v1/runs/r1/artifacts/a%5Cb', [400, 'HTTP_BAD_INPUT']],
    ['/api/v1/runs/r1/artifacts//etc/passwd', [400, 'HTTP_BAD_INPUT']],
    ['/api/v1/runs/r1/artifacts/%2Fetc%2Fpasswd', [400, 'HTTP_BAD_INPUT']],
    ['/api/v1/runs/r1/artifacts/a%00b', [400, 'HTTP_BAD_INPUT']],
    ['/api/v1/runs/r1/artifacts/a%0d%0ab', [400, 'HTTP_BAD_INPUT']],
    ['/api/v1/runs/r1/artifacts/a/', [400, 'HTTP_BAD_INPUT']],
    ['/api/v1/runs/r1/artifacts/', [400, 'HTTP_BAD_INPUT']],
    ['/api/v1/runs/r1/artifacts/%ff%fe', [400, 'HTTP_BAD_REQUEST']],
    ['/api/v1/runs/r1/artifacts/%ed%a0%80', [400, 'HTTP_BAD_REQUEST']],
    ['/api/v1/runs/r1/artifacts/constructor', [400, 'HTTP_BAD_INPUT']],
    [`/api/v1/runs/r1/artifacts/${'x'.repeat(1_001)}`, [400, 'HTTP_BAD_INPUT']],
    ['/api/v1/runs/..%2fr1/artifacts/a', [400, 'HTTP_BAD_INPUT']],
    ['/api/v1/runs/a%20b/artifacts/a', [400, 'HTTP_BAD_INPUT']],
  ])('is not stored under %s', async (path, [status, code]) => {
    const before = await stateOf(scene);
    const answer = await sendRaw(scene, `PUT ${path} HTTP/1.1\r\nContent-Length: 5`, 'bytes');
    expect([answer.slice(0, 12), answer.includes(`"${code}"`) ? code : answer]).toEqual([`HTTP/1.1 ${status}`, code]);
    expect(await stateOf(scene)).toEqual(before);
  });

  it.each<[Put, [number, string]]>([
    [{ headers: { 'content-encoding': 'gzip' } }, [415, 'HTTP_BAD_ENCODING']],
    [{ headers: { 'content-encoding': 'zstd' } }, [415, 'HTTP_BAD_ENCODING']],
    [{ type: 'nonsense' }, [415, 'HTTP_BAD_MEDIA_TYPE']],
    [{ type: `a/${'b'.repeat(200)}` }, [415, 'INGEST_BAD_MEDIA_TYPE']],
    [{ headers: { 'idempotency-key': 'a b' } }, [400, 'INGEST_BAD_EVENT_ID']],
    [{ key: '' }, [401, 'ACCESS_BAD_CREDENTIALS']],
  ])('is not stored as %j', async (how, refusal) => {
    const before = await stateOf(scene);
    expect(refusalOf(await put('bytes', how))).toEqual(refusal);
    expect(await stateOf(scene)).toEqual(before);
  });

  it('is not stored by who may only read', async () => {
    expect((await put('bytes', { key: scene.keys.reader })).status).toBe(403);
  });
});
