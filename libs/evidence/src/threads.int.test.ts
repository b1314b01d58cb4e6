import { readFileSync } from 'node:fs';
import { isFault } from '@runledger/kernel';
import { temporaryFolder } from '@runledger/testkit';
import { MadeLog, writeBundleTo } from '../test/made-log';
import { verifyBundle } from './verify-bundle';

// What is found is the same, and in the same order, whether files are looked at one by one or several at a time in threads,
// which are built files: hence a test that runs behind the build.

const EVENTS = 20_000;

const folder = temporaryFolder('evidence-threads');
let log: MadeLog;
let path: string;
beforeAll(async () => {
  log = new MadeLog();
  for (let i = 0; i < EVENTS; i++)
    log.event(`run/r${i % 300}`, 'tags.set', { tags: [{ key: `key-${i % 40}`, value: 'v'.repeat(500) + String(i) }] });
  log.segment(['r1', 'r2'], 0).artifact('r2', 'notes.txt', Buffer.from('all is well\n'));
  log.event('run/r1', 'writer.closed', { writer: 'w', topic: 'metrics', batches: 3, points: 9 });
  path = writeBundleTo(`${folder.path}/range.tar`, await log.exportRange(0, log.leaves.length));
}, 120_000);
afterAll(() => folder.remove());

async function found(threads: number, at = path): Promise<unknown> {
  try {
    return await verifyBundle(at, [log.signer], { threads });
  } catch (error) {
    if (!isFault(error)) throw error;
    return `${error.code} ${error.message}`;
  }
}

it('finds the same with threads and without', async () => {
  const [alone, threads] = [await found(0), await found(2)];
  expect(alone).toMatchObject({
    manifest: { leaves: EVENTS + 3 },
    notices: expect.arrayContaining([expect.stringContaining('2 of 3 batches')]),
  });
  expect(threads).toEqual(alone);
}, 60_000);

it('names the same first of several files that were damaged', async () => {
  const whole = readFileSync(path);
  const names = ['leaves/000001.jsonl', 'leaves/000000.jsonl', 'payloads/000001.jsonl', 'leaves/000001.parquet'];
  const starts = names.map((name) => whole.indexOf(`${name}\0`, 0, 'latin1') + 512);
  const damage = (places: readonly number[]): string => {
    const bytes = Buffer.from(whole);
    for (const at of places) bytes[at + 1_000] = (bytes[at + 1_000] ?? 0) ^ 1;
    return writeBundleTo(`${folder.path}/damaged.tar`, bytes);
  };
  const said: unknown[] = [];
  for (const places of [...starts.map((at) => [at]), starts.slice(1), starts.slice(2), starts.toReversed()]) {
    const damaged = damage(places);
    const [alone, threads] = [await found(0, damaged), await found(2, damaged)];
    expect(threads).toEqual(alone);
    said.push(alone);
  }
  expect(said).toEqual(
    [0, 1, 2, 3, 1, 2, 1].map((at) => `EVIDENCE_BAD_FILE ${names[at]} is not the file that was signed`),
  );
}, 120_000);

it('ends its threads when it is told to stop', async () => {
  const stop = new Error('enough');
  let calls = 0;
  const onProgress = (): void => {
    if (++calls > 3) throw stop;
  };
  await expect(verifyBundle(path, [log.signer], { threads: 2, onProgress })).rejects.toBe(stop);
});
