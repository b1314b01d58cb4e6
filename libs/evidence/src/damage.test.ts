import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isFault } from '@runledger/kernel';
import { temporaryFolder } from '@runledger/testkit';
import { type MadeLog, madeLog, writeBundleTo } from '../test/made-log';
import { verifyBundle } from './verify-bundle';

const FLIPS = 200;

const folder = temporaryFolder('evidence-damage');
let log: MadeLog;
let bytes: Buffer;
let unpacked: string;
let names: string[];
beforeAll(async () => {
  log = madeLog();
  bytes = await log.exportRun('r1');
  unpacked = `${folder.path}/whole`;
  mkdirSync(unpacked);
  writeBundleTo(`${folder.path}/whole.tar`, bytes);
  execFileSync('tar', ['-xf', `${folder.path}/whole.tar`, '-C', unpacked]);
  names = readdirSync(unpacked, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(unpacked.length + 1));
});
afterAll(() => folder.remove());

/** The code of what is found first, and what it says; never a bug, never nothing. */
async function foundIn(path: string): Promise<string> {
  try {
    await verifyBundle(path, [log.signer]);
    return 'nothing';
  } catch (error) {
    if (!isFault(error) || error.kind !== 'invalid') throw error;
    return `${error.code} ${error.message}`;
  }
}

let seed = 12_345;
const random = (below: number): number => {
  seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fffffff;
  return (seed >>> 4) % below;
};

it(`finds each of ${FLIPS} flipped bytes of the archive, wherever it lies`, async () => {
  for (let i = 0; i < FLIPS; i++) {
    const damaged = Buffer.from(bytes);
    const at = random(damaged.length);
    damaged[at] = (damaged[at] ?? 0) ^ (1 + random(255));
    writeFileSync(`${folder.path}/flipped.tar`, damaged);
    expect([at, await foundIn(`${folder.path}/flipped.tar`)]).toEqual([
      at,
      expect.stringMatching(/^(EVIDENCE|MERKLE)_/),
    ]);
  }
}, 120_000);

it('finds and names the first and the last byte of every file, a cut file, a missing one and one too many', async () => {
  expect(names.length).toBeGreaterThan(9);
  for (const name of names) {
    const path = `${unpacked}/${name}`;
    const whole = readFileSync(path);
    for (const at of [0, whole.length - 1]) {
      const damaged = Buffer.from(whole);
      damaged[at] = (damaged[at] ?? 0) ^ 1;
      writeFileSync(path, damaged);
      expect([name, at, await foundIn(unpacked)]).toEqual([name, at, expect.stringContaining(name)]);
    }
    truncateSync(path, whole.length - 1);
    expect([name, 'cut', await foundIn(unpacked)]).toEqual([name, 'cut', expect.stringContaining(name)]);
    rmSync(path);
    expect([name, await foundIn(unpacked)]).toEqual([name, expect.stringMatching(`^EVIDENCE_MISSING .*${name}`)]);
    writeFileSync(path, whole);
  }
  writeFileSync(`${unpacked}/artifacts/more.txt`, 'more');
  expect(await foundIn(unpacked)).toMatch(/^EVIDENCE_EXTRA artifacts\/more\.txt/);
  rmSync(`${unpacked}/artifacts/more.txt`);
  expect(await foundIn(unpacked)).toBe('nothing');
}, 120_000);

it('finds an archive that was cut anywhere, or goes on', async () => {
  const path = `${folder.path}/cut.tar`;
  for (const length of [0, 1, 511, 512, 10_240, bytes.length - 1_024, bytes.length - 512, bytes.length - 1]) {
    writeFileSync(path, bytes.subarray(0, length));
    expect([length, await foundIn(path)]).toEqual([length, expect.stringMatching(/^EVIDENCE_(CUT|MISSING)/)]);
  }
  writeFileSync(path, bytes);
  appendFileSync(path, Buffer.alloc(1));
  expect(await foundIn(path)).toMatch(/^EVIDENCE_BAD_TAR/);
});
