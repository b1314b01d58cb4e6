import { setTimeout as sleep } from 'node:timers/promises';
import { eventually, type TemporaryFolder, temporaryFolder } from '@runledger/testkit';
import { type AllInOne, startAllInOne } from './all-in-one-process';
import { postTo } from './post-to';
import { watchedMemory } from './watched-memory';

const SCALE = Number(process.env['LONG_SCALE'] ?? 0.05);
const PER_BATCH = 200_000;
const BATCHES = Math.round(400 * SCALE);
const POINTS = PER_BATCH * BATCHES;
const MIB = 1024 * 1024;
/** By which the server may grow while an answer goes through it, in MiB. The answer is larger in every size of the test. */
const ROOM_MIB = 80;
/** A slow reader rests so long behind so many bytes. */
const REST = { ms: 50, bytes: 8 * MIB };
const WITHIN_MS = 20 * 60_000;

describe(`${POINTS} points`, () => {
  let folder: TemporaryFolder;
  let server: AllInOne;

  beforeAll(async () => {
    folder = temporaryFolder('large-export');
    server = await startAllInOne(`${folder.path}/data`);
    const post = postTo(server);
    await post('events', { events: [{ type: 'run.started', subject: 'run/r', data: { experiment: '0', name: 'r' } }] });
    let stored = '';
    for (let sequence = 0; sequence < BATCHES; sequence++) {
      const steps = Array.from({ length: PER_BATCH }, (_, at) => sequence * PER_BATCH + at);
      const values = steps.map((step) => Math.fround(Math.sin(step)));
      const series = [{ key: 'train/loss', steps, values }];
      ({ position: stored } = await post('metrics', { run: 'r', writer: 'w', sequence, series }));
    }
    const answer = await eventually(
      () => post(`sql?at-least=${stored}`, { sql: 'select count() as n from points' }),
      WITHIN_MS,
    );
    expect(answer).toMatchObject({ rows: [[String(POINTS)]] });
  }, WITHIN_MS);
  afterAll(async () => {
    await server.process.stop();
    folder.remove();
  });

  async function* answered(): AsyncGenerator<Uint8Array> {
    const headers = { authorization: `Bearer ${server.key}`, 'content-type': 'application/json' };
    const answer = await fetch(`${server.url}/api/v1/export`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ table: 'points', format: 'csv' }),
    });
    if (!answer.ok || answer.body === null) throw new Error(`${answer.status} ${await answer.text()}`);
    let sinceRest = 0;
    for await (const chunk of answer.body as unknown as AsyncIterable<Uint8Array>) {
      yield chunk;
      sinceRest += chunk.length;
      if (sinceRest < REST.bytes) continue;
      sinceRest = 0;
      await sleep(REST.ms);
    }
  }

  async function bytes(): Promise<number> {
    let count = 0;
    for await (const chunk of answered()) count += chunk.length;
    return count;
  }

  it(
    'are exported to a slow reader in constant memory',
    async () => {
      await bytes(); // the engine keeps what it needed once
      const [size, grown] = await watchedMemory(server.process.pid, bytes);
      process.stderr.write(`${Math.round(size / MIB)} MiB, grew by ${grown} MiB\n`);
      expect(size).toBeGreaterThan(2 * ROOM_MIB * MIB);
      expect(grown).toBeLessThan(ROOM_MIB);
    },
    WITHIN_MS,
  );
});
