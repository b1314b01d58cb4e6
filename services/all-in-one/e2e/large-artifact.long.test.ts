import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { type TemporaryFolder, temporaryFolder } from '@runledger/testkit';
import { type AllInOne, startAllInOne } from './all-in-one-process';
import { postTo } from './post-to';
import { watchedMemory } from './watched-memory';

const SCALE = Number(process.env['LONG_SCALE'] ?? 0.05);
const MIB = 1024 * 1024;
const CHUNK = 8 * MIB;
const CHUNKS = Math.round((4 * 1024 * MIB * SCALE) / CHUNK);
/** By which the server may grow while a file goes through it, in MiB: streams have buffers. The file is larger in every size of the test. */
const ROOM_MIB = 150;
const WITHIN_MS = 10 * 60_000;

/** Chunks that differ, so that nothing can be kept once for all. */
function chunkAt(at: number): Uint8Array {
  const chunk = new Uint8Array(CHUNK).fill(at % 251);
  new DataView(chunk.buffer).setUint32(0, at);
  return chunk;
}
function* chunks(): Generator<Uint8Array> {
  for (let at = 0; at < CHUNKS; at++) yield chunkAt(at);
}

describe(`a file of ${(CHUNKS * CHUNK) / MIB} MiB`, () => {
  let folder: TemporaryFolder;
  let server: AllInOne;
  const headers = (): Record<string, string> => ({ authorization: `Bearer ${server.key}` });

  beforeAll(async () => {
    folder = temporaryFolder('large-artifact');
    server = await startAllInOne(`${folder.path}/data`);
    const started = { type: 'run.started', subject: 'run/r', data: { experiment: '0', name: 'large' } };
    const { position } = await postTo(server)('events', { events: [started] });
    await postTo(server)(`search?at-least=${position}`, { limit: 1 });
  });
  afterAll(async () => {
    await server.process.stop();
    folder.remove();
  });

  async function upload(path: string): Promise<void> {
    const answer = await fetch(server.url + path, {
      method: 'PUT',
      headers: { ...headers(), 'content-type': 'application/octet-stream' },
      body: Readable.toWeb(Readable.from(chunks())) as ReadableStream,
      duplex: 'half',
    });
    if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
    await answer.arrayBuffer();
  }

  async function digestOf(path: string, more: Record<string, string> = {}): Promise<string> {
    const answer = await fetch(`${server.url}${path}?strong=true`, { headers: { ...headers(), ...more } });
    if (!answer.ok || answer.body === null) throw new Error(`${answer.status} ${await answer.text()}`);
    const hash = createHash('sha256');
    for await (const bytes of answer.body) hash.update(bytes as Uint8Array);
    return hash.digest('hex');
  }

  it.each([
    ['the native door', '/api/v1/runs/r/artifacts/native.bin'],
    ["MLflow's door", '/api/2.0/mlflow-artifacts/artifacts/0/r/artifacts/proxied.bin'],
  ])(
    'goes in and out through %s in constant memory',
    async (_, path) => {
      const hash = createHash('sha256');
      for (const chunk of chunks()) hash.update(chunk);
      const sent = hash.digest('hex');
      const [, grownIn] = await watchedMemory(server.process.pid, () => upload(path));
      const [got, grownOut] = await watchedMemory(server.process.pid, () => digestOf(path));
      expect(got).toBe(sent);
      process.stderr.write(`${path}: grew by ${grownIn} MiB in, by ${grownOut} MiB out\n`);
      expect(Math.max(grownIn, grownOut)).toBeLessThan(ROOM_MIB);
      // A download that broke off is taken up again.
      const from = CHUNKS * CHUNK - CHUNK;
      const last = createHash('sha256')
        .update(chunkAt(CHUNKS - 1))
        .digest('hex');
      expect(await digestOf(path, { range: `bytes=${from}-` })).toBe(last);
    },
    WITHIN_MS,
  );
});
