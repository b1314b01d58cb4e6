import { execFile, execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { isFault } from '@runledger/kernel';
import { formatVerifierKey } from '@runledger/merkle';
import { temporaryFolder, WORKSPACE } from '@runledger/testkit';
import { type MadeLog, madeLog, writeBundleTo } from '../test/made-log';
import { verifyBundle } from './verify-bundle';

const FLIPS = Math.max(100, Math.round(10_000 * Number(process.env['LONG_SCALE'] ?? 0.05)));
const run = promisify(execFile);

const folder = temporaryFolder('evidence-both');
const program = `${folder.path}/verify`;
let log: MadeLog;
let archive: string;
let bytes: Buffer;
beforeAll(async () => {
  log = madeLog();
  bytes = await log.exportRun('r1');
  archive = writeBundleTo(`${folder.path}/run.tar`, bytes);
  await run('go', ['build', '-o', program, '.'], { cwd: `${WORKSPACE}/services/notary/e2e/verify`, timeout: 500_000 });
}, 560_000);
afterAll(() => folder.remove());

async function ours(path: string): Promise<string> {
  try {
    await verifyBundle(path, [log.signer]);
    return 'nothing';
  } catch (error) {
    if (!isFault(error) || error.kind !== 'invalid') throw error;
    return error.message;
  }
}

const others = (path: string): Promise<string> =>
  run(program, ['-bundle', path, '-vkey', formatVerifierKey(log.signer)], { timeout: 60_000 }).then(
    () => 'nothing',
    (error: { code: unknown; stderr: string }) =>
      error.code === 1 ? error.stderr.trim() : `ended with ${String(error.code)}`,
  );

/** Two programs that share no code look at the same bytes, and each says what is wrong. */
async function bothFind(path: string, name: string | RegExp): Promise<void> {
  const expected = typeof name === 'string' ? expect.stringContaining(name) : expect.stringMatching(name);
  expect([await ours(path), await others(path)]).toEqual([expected, expected]);
}

it('both find nothing wrong with what is whole, and refuse it under another key', async () => {
  await bothFind(archive, /^nothing$/);
  const other = await run(program, ['-bundle', archive, '-vkey', formatVerifierKey(madeLog().signer)]).catch(
    (error: { stderr: string }) => error.stderr,
  );
  expect(other).toContain('manifest.dsse.json');
});

it(`both find each of ${FLIPS} flipped bytes`, async () => {
  let seed = 4_711;
  const random = (below: number): number => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fffffff;
    return (seed >>> 4) % below;
  };
  const path = `${folder.path}/flipped.tar`;
  for (let i = 0; i < FLIPS; i++) {
    const damaged = Buffer.from(bytes);
    const at = random(damaged.length);
    damaged[at] = (damaged[at] ?? 0) ^ (1 + random(255));
    writeFileSync(path, damaged);
    const found = [await ours(path), await others(path)];
    expect([at, ...found]).toEqual([
      at,
      expect.not.stringMatching(/^(nothing|ended|)$/),
      expect.not.stringMatching(/^(nothing|ended|)$/),
    ]);
  }
}, 1_800_000);

it('both name the file whose first or last byte is another, which is cut or missing, or is one too many', async () => {
  const whole = `${folder.path}/whole`;
  mkdirSync(whole);
  execFileSync('tar', ['-xf', archive, '-C', whole]);
  await bothFind(whole, /^nothing$/);
  const names = readdirSync(whole, { recursive: true, withFileTypes: true }).flatMap((entry) =>
    entry.isFile() ? [join(entry.parentPath, entry.name).slice(whole.length + 1)] : [],
  );
  for (const name of names) {
    const damaged = `${folder.path}/damaged`;
    cpSync(whole, damaged, { recursive: true });
    const content = readFileSync(`${damaged}/${name}`);
    for (const at of [0, content.length - 1]) {
      const flipped = Buffer.from(content);
      flipped[at] = (flipped[at] ?? 0) ^ 1;
      writeFileSync(`${damaged}/${name}`, flipped);
      await bothFind(damaged, name);
    }
    writeFileSync(`${damaged}/${name}`, content.subarray(0, -1));
    await bothFind(damaged, name);
    rmSync(`${damaged}/${name}`);
    await bothFind(damaged, name);
    writeFileSync(`${damaged}/${name}`, content);
    writeFileSync(`${damaged}/artifacts/extra`, '');
    await bothFind(damaged, 'artifacts/extra');
    rmSync(damaged, { recursive: true });
  }
}, 120_000);
