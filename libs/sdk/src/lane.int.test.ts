import { readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { type TemporaryFolder, temporaryFolder } from '@runledger/testkit';
import fc from 'fast-check';
import { type Damage, LaneReader } from './lane-reader';
import { LaneWriter } from './lane-writer';
import { listSegments, segmentPath } from './segments';

let temporary: TemporaryFolder;
let nth = 0;
beforeAll(() => {
  temporary = temporaryFolder('lane');
});
afterAll(() => temporary.remove());

const newFolder = async (): Promise<string> => {
  const { mkdir } = await import('node:fs/promises');
  const folder = `${temporary.path}/${nth++}`;
  await mkdir(folder);
  return folder;
};
const lane = 'metrics' as const;
const open = (folder: string, segmentBytes = 1e9, fsync = true): LaneWriter =>
  new LaneWriter({ folder, lane, segmentBytes, fsync });

async function readAll(folder: string, onDamage?: (damage: Damage) => void): Promise<string[]> {
  const reader = new LaneReader({ folder, lane, ...(onDamage ? { onDamage } : {}) });
  const read: string[] = [];
  for (let frame = await reader.next(); frame !== undefined; frame = await reader.next()) {
    read.push(`${frame.sequence} ${frame.points} ${frame.payload.toString('latin1')}`);
    reader.done(frame);
  }
  await reader.close();
  return read;
}

const payloads = fc.array(fc.uint8Array({ minLength: 1, maxLength: 90 }), { minLength: 1, maxLength: 12 });
const expected = (given: readonly Uint8Array[]): string[] =>
  given.map((bytes, i) => `${i} ${i + 1} ${Buffer.from(bytes).toString('latin1')}`);

describe('a lane of the spool', () => {
  it('gives a prefix of whole batches after any cut of the file', async () => {
    await fc.assert(
      fc.asyncProperty(payloads, fc.nat(), async (given, seed) => {
        const folder = await newFolder();
        const writer = open(folder, 1e9, false);
        const ends = given.map((bytes) => {
          writer.append('batch', 1, bytes);
          return writer.appendedBytes;
        });
        writer.close();
        const cut = seed % (writer.appendedBytes + 1);
        truncateSync(segmentPath(folder, lane, 0), cut);
        const damages: Damage[] = [];
        const read = await readAll(folder, (damage) => damages.push(damage));
        const whole = ends.filter((end) => end <= cut).length;
        expect(read).toEqual(expected(given.slice(0, whole)));
        const clean = cut === 0 || ends.includes(cut);
        expect(damages.map(({ torn }) => torn)).toEqual(clean ? [] : [true]);
      }),
      { numRuns: 150 },
    );
  });

  it('gives no batch of which a bit has changed, and says so', async () => {
    await fc.assert(
      fc.asyncProperty(payloads, fc.nat(), async (given, seed) => {
        const folder = await newFolder();
        const writer = open(folder, 1e9, false);
        for (const bytes of given) writer.append('batch', 1, bytes);
        writer.close();
        const path = segmentPath(folder, lane, 0);
        const bytes = readFileSync(path);
        const bit = seed % (bytes.length * 8);
        bytes[bit >> 3] = (bytes[bit >> 3] as number) ^ (1 << (bit & 7));
        writeFileSync(path, bytes);
        const damages: Damage[] = [];
        const read = await readAll(folder, (damage) => damages.push(damage));
        expect(read).toEqual(expected(given).slice(0, read.length));
        expect(read.length).toBeLessThan(given.length);
        expect(damages).toHaveLength(1);
      }),
      { numRuns: 100 },
    );
  });

  it('reads on where the acknowledgements ended, over segments, and deletes those that are done', async () => {
    const folder = await newFolder();
    const writer = open(folder, 200);
    const given = Array.from({ length: 10 }, (_, i) => Buffer.alloc(60, 97 + i));
    for (const bytes of given) writer.append('batch', 1, bytes);
    await writer.sync();
    writer.close();
    expect(listSegments(folder, lane)).toEqual([0, 1, 2, 3, 4]);
    const reader = new LaneReader({ folder, lane });
    for (let i = 0; i < 5; i++) {
      const frame = await reader.next();
      if (frame !== undefined) reader.done(frame);
    }
    await reader.close();
    expect(await readAll(folder)).toEqual(expected(given).slice(5));
    expect(listSegments(folder, lane)).toEqual([4]);
  });

  it('begins again from the oldest segment when the ack file is damaged: too much is sent, never too little', async () => {
    const folder = await newFolder();
    const writer = open(folder);
    const given = [Buffer.from('a'), Buffer.from('b')];
    for (const bytes of given) writer.append('batch', 1, bytes);
    await writer.sync();
    writer.close();
    await readAll(folder);
    expect(await readAll(folder)).toEqual([]);
    writeFileSync(`${folder}/${lane}.ack`, 'torn');
    expect(await readAll(folder)).toEqual(expected(given));
  });

  it('shows a live reader only what the disk has', async () => {
    const folder = await newFolder();
    const writer = open(folder);
    const reader = new LaneReader({ folder, lane, limit: () => writer.durable });
    writer.append('batch', 1, Buffer.from('first'));
    expect(await reader.next()).toBeUndefined();
    await writer.sync();
    expect((await reader.next())?.payload.toString()).toBe('first');
    await reader.close();
    writer.close();
  });

  it('takes nothing when a write fails, and goes on when there is room again', async () => {
    const folder = await newFolder();
    const writer = open(folder, 150);
    writer.append('batch', 1, Buffer.alloc(100, 'a'));
    const { rename } = await import('node:fs/promises');
    await rename(folder, `${folder}.away`);
    expect(() => writer.append('batch', 1, Buffer.alloc(100, 'b'))).toThrow(
      expect.objectContaining({ code: 'SDK_SPOOL_WRITE', kind: 'full' }) as Error,
    );
    expect(writer.batches).toBe(1);
    await rename(`${folder}.away`, folder);
    writer.append('batch', 1, Buffer.alloc(100, 'c'));
    await writer.sync();
    writer.close();
    expect((await readAll(folder)).map((text) => text.slice(0, 6))).toEqual(['0 1 aa', '1 2 cc']);
    expect(readdirSync(folder)).toContain('metrics.ack');
  });
});
