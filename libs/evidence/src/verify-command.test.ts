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
