import { writeFileSync } from 'node:fs';
import { formatVerifierKey } from '@runledger/merkle';
import { temporaryFolder } from '@runledger/testkit';
import { madeLog, writeBundleTo } from '../test/made-log';
import { verifyCommand } from './verify-command';

const folder = temporaryFolder('verify-command');
afterAll(() => folder.remove());

async function run(bundle: string, key: string): Promise<[number, string]> {
  const said: string[] = [];
  const print = { out: (line: string) => said.push(line), error: (line: string) => said.push(`! ${line}`) };
  return [await verifyCommand(bundle, { keys: [key] }, print), said.join('\n')];
}

it('ends with 0, or names what is wrong and ends with 1, under the key that the caller gives', async () => {
  const log = madeLog();
  const bytes = await log.exportRun('r1');
  const path = writeBundleTo(`${folder.path}/run.tar`, bytes);
  const key = formatVerifierKey(log.signer);
  const whole = [0, '10 leaves, 3 messages and 9 points are in ledger.test/log/default at 40 leaves'];
  expect(await run(path, key)).toEqual(whole);
  writeFileSync(`${folder.path}/keys`, `${formatVerifierKey(madeLog().signer)}\n${key}\n`);
  expect(await run(path, `${folder.path}/keys`)).toEqual(whole);
  expect(await run(path, formatVerifierKey(madeLog().signer))).toEqual([
    1,
    expect.stringMatching(/^! EVIDENCE_BAD_MANIFEST/),
  ]);
  writeBundleTo(path, bytes.subarray(0, 5_000));
  expect(await run(path, key)).toEqual([1, expect.stringMatching(/^! EVIDENCE_CUT/)]);
  expect(await run('/nowhere', key)).toEqual([1, expect.stringMatching(/^! EVIDENCE_NO_BUNDLE/)]);
  expect(await run(path, '/nowhere')).toEqual([1, expect.stringMatching(/^! EVIDENCE_NO_KEYS/)]);
});

it('tells how far it is, and is ended by who listens', async () => {
  const log = madeLog();
  const path = writeBundleTo(`${folder.path}/told.tar`, await log.exportRun('r1'));
  const told: Array<readonly [number, number]> = [];
  const silent = { out: () => undefined, error: () => undefined };
  const options = { keys: [formatVerifierKey(log.signer)] };
  const progress = (read: number, of: number) => void told.push([read, of]);
  expect(await verifyCommand(path, options, { ...silent, progress })).toBe(0);
  const [last = 0, all = 0] = told.at(-1) ?? [];
  expect(told.map(([read]) => read)).toEqual(told.map(([read]) => read).toSorted((a, b) => a - b));
  expect(last / all).toBeGreaterThan(0.8); // all but the manifest, which is looked at first
  expect(last).toBeLessThanOrEqual(all);
  const stop = new Error('enough');
  const ended = verifyCommand(path, options, {
    ...silent,
    progress() {
      throw stop;
    },
  });
  await expect(ended).rejects.toBe(stop);
});
