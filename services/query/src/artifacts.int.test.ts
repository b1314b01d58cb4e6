import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { artifactsAnswer } from '@runledger/contracts/http';
import { drawing } from '@runledger/testkit';
import { openScene, read, refusalOf, type Scene } from '../test/query-scene';

const bytes = randomBytes(300_000);
const PATHS = ['model.bin', 'a/b c/é.bin', '../../etc/passwd', 'x\r\ny', '%2e%2e', 'page.html'];
let scene: Scene;
let digest: string;

beforeAll(async () => {
  scene = await openScene();
  const stored = await scene.artifacts.put(Readable.from([bytes]));
  digest = stored.digest;
  await scene.record.facts(
    'r',
    PATHS.map((path) => ({
      type: 'artifact.stored',
      data: { path, digest, size: stored.size, mediaType: path.endsWith('html') ? 'text/html' : 'application/x-test' },
    })),
  );
  const gone = { path: 'gone', digest: `sha256:${'0'.repeat(64)}`, size: 5 };
  await scene.record.facts('r', [{ type: 'artifact.stored', data: gone }]);
  await scene.record.projectMetadata();
});
afterAll(() => scene.close());

const get = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
  fetch(`${scene.server.url}/api/v1/runs/r/artifacts/${path}`, {
    method,
    headers: { authorization: `Bearer ${scene.keys.reader}`, ...headers },
  });

it('streams the bytes of every path, whatever is in it', async () => {
  for (const path of PATHS) {
    const answer = await get(encodeURIComponent(path));
    expect([path, answer.status]).toEqual([path, 200]);
    expect(Buffer.from(await answer.arrayBuffer()).equals(bytes)).toBe(true);
  }
});

it('hands them out so that no browser runs them', async () => {
  const { headers } = await get('page.html');
  expect(Object.fromEntries(headers)).toMatchObject({
    'content-type': 'text/html',
    'content-disposition': `attachment; filename="page.html"; filename*=UTF-8''page.html`,
    'content-security-policy': "sandbox; default-src 'none'; frame-ancestors 'none'",
    'x-content-type-options': 'nosniff',
    etag: `"${digest}"`,
    'content-length': '300000',
  });
});

it('answers ranges, and says what it has no bytes of', async () => {
  const part = await get('model.bin', { range: 'bytes=100-199999' });
  expect([part.status, part.headers.get('content-range')]).toEqual([206, 'bytes 100-199999/300000']);
  expect(Buffer.from(await part.arrayBuffer()).equals(bytes.subarray(100, 200_000))).toBe(true);
  const beyond = await get('model.bin', { range: 'bytes=300000-' });
  expect([beyond.status, beyond.headers.get('content-range')]).toEqual([416, 'bytes */300000']);
  expect(await beyond.json()).toMatchObject({ error: { code: 'QUERY_NO_SUCH_BYTES' } });
});

it('sends no bytes to who has them, and none for HEAD', async () => {
  const same = await get('model.bin', { 'if-none-match': `"${digest}"` });
  expect([same.status, await same.text()]).toEqual([304, '']);
  const head = await get('model.bin', {}, 'HEAD');
  expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([200, '300000', '']);
});

it('gives 404 for what is not there, and for what is not the caller’s', async () => {
  for (const path of ['nothing', 'model.bin/', 'MODEL.BIN', 'a/b%2520c/%C3%A9.bin'])
    expect([path, (await get(path)).status]).toEqual([path, 404]);
  expect(refusalOf(await read(scene, 'runs/r/artifacts/model.bin', scene.keys.other))).toEqual([404, 'QUERY_NO_RUN']);
  expect(refusalOf(await read(scene, 'runs/r/artifacts/gone'))).toEqual([404, 'ARTIFACTS_MISSING']);
});

it('lists them by path', async () => {
  const { artifacts } = artifactsAnswer.parse((await read(scene, 'runs/r/artifacts')).body);
  expect(artifacts.map(({ path }) => path)).toEqual([...PATHS, 'gone'].sort());
  const below = async (query: string) =>
    artifactsAnswer.parse((await read(scene, `runs/r/artifacts?${query}`)).body).artifacts.map(({ path }) => path);
  expect(await below('prefix=a/b')).toEqual(['a/b c/é.bin']);
  expect(await below(`prefix=${encodeURIComponent('%')}`)).toEqual(['%2e%2e']);
  expect(await below('prefix=none/')).toEqual([]);
  expect(artifacts.find(({ path }) => path === 'model.bin')).toMatchObject({ digest, size: 300_000, late: false });
});

describe('random bytes, stored again and again, and taken away', () => {
  const SEED = 17;
  const RANDOM_PATHS = ['w', 'w/x', 'v'];
  type Version = { token: string; held: ReadonlyMap<string, Buffer> };

  /** What lay at each path at each position, said plainly. */
  async function record(draw: () => number): Promise<Version[]> {
    const versions: Version[] = [];
    const held = new Map<string, Buffer>();
    for (let i = 0; i < 24; i++) {
      const path = RANDOM_PATHS[Math.floor(draw() * 3)] as string;
      const content = Buffer.from(Array.from({ length: Math.floor(draw() * 300) }, () => Math.floor(draw() * 256)));
      const isGone = draw() < 0.2;
      if (isGone) held.delete(path);
      else held.set(path, content);
      const stored = isGone ? null : await scene.artifacts.put(Readable.from([content]));
      const fact =
        stored === null
          ? ({ type: 'artifacts.deleted', data: { paths: [path] } } as const)
          : ({ type: 'artifact.stored', data: { path, digest: stored.digest, size: stored.size } } as const);
      const position = await scene.record.facts('random', [{ ...fact, id: `random-${i}` }]);
      // What comes again has no second effect, however late.
      if (draw() < 0.3) await scene.record.facts('random', [{ ...fact, id: `random-${i}` }]);
      versions.push({ token: scene.token({ log: [position] }), held: new Map(held) });
    }
    await scene.record.projectMetadata();
    return versions;
  }

  type Range = Readonly<{ first: number | null; last: number | null }>;
  /** Null: all bytes. */
  function someRange(draw: () => number): Range | null {
    const first = draw() < 0.25 ? null : Math.floor(draw() * 320);
    const last = first === null || draw() < 0.6 ? (first ?? 0) + Math.floor(draw() * 200) : null;
    return draw() < 0.3 ? null : { first, last };
  }
  /** The bytes of a range by RFC 9110: from the first one to the last one, to the end, or the last so many. */
  function cut(content: Buffer, { first, last }: Range): Buffer {
    const isIn = (at: number): boolean =>
      first === null ? at >= content.length - (last ?? 0) : at >= first && at <= (last ?? content.length);
    return Buffer.from([...content].filter((_, at) => isIn(at)));
  }
  function expected(content: Buffer | undefined, range: Range | null): readonly [status: number, bytes: Buffer] {
    if (content === undefined) return [404, Buffer.alloc(0)];
    if (range === null) return [200, content];
    const bytes = cut(content, range);
    return [bytes.length === 0 ? 416 : 206, bytes];
  }
  const asHeader = (range: Range | null): Record<string, string> =>
    range === null ? {} : { range: `bytes=${range.first ?? ''}-${range.last ?? ''}` };

  it(`come back as they were at every position, whole and in every range, of seed ${SEED}`, async () => {
    const draw = drawing(SEED);
    const statuses = new Set<number>();
    for (const { token, held } of await record(draw))
      for (const path of RANDOM_PATHS) {
        const range = someRange(draw);
        const [status, bytes] = expected(held.get(path), range);
        const url = `${scene.server.url}/api/v1/runs/random/artifacts/${encodeURIComponent(path)}?as_of=${token}`;
        const headers = { authorization: `Bearer ${scene.keys.reader}`, ...asHeader(range) };
        const answer = await fetch(url, { headers });
        expect([path, range, answer.status]).toEqual([path, range, status]);
        if (status < 300) expect(Buffer.from(await answer.arrayBuffer())).toEqual(bytes);
        statuses.add(status);
      }
    expect([...statuses].sort()).toEqual([200, 206, 404, 416]);
  });
});
