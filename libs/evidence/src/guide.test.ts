import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { formatVerifierKey } from '@runledger/merkle';
import { temporaryFolder, WORKSPACE } from '@runledger/testkit';
import { type MadeLog, madeLog, writeBundleTo } from '../test/made-log';

// docs/guide/evidence.md, as an auditor would follow it.

const folder = temporaryFolder('evidence-guide');
const script = `${folder.path}/check.py`;
const at = `${folder.path}/bundle`;
let log: MadeLog;
beforeAll(async () => {
  log = madeLog();
  const guide = readFileSync(`${WORKSPACE}/docs/guide/evidence.md`, 'utf8');
  writeFileSync(script, /```python\n([^`]+)```/.exec(guide)?.[1] ?? '');
  mkdirSync(at);
  const archive = writeBundleTo(`${folder.path}/run.tar`, await log.exportRun('r1'));
  execFileSync('tar', ['-xf', archive, '-C', at]);
});
afterAll(() => folder.remove());

function check(signer = log.signer): string {
  const ended = spawnSync('python3', [script, at, formatVerifierKey(signer)], { encoding: 'utf8' });
  return ended.status === 0 ? ended.stdout.trim() : ended.stderr.trim();
}

it('lets an auditor check a bundle with a page of Python', () => {
  expect(check()).toBe('10 leaves and what they commit to are in ledger.test/log/default at 40 leaves');
  expect(check(madeLog().signer)).toBe('wrong: manifest.dsse.json');
});

it('lets him find what was changed', () => {
  for (const name of ['leaves/000000.jsonl', 'dossier.html', 'SHA256SUMS', 'manifest.dsse.json', 'checkpoint']) {
    const whole = readFileSync(`${at}/${name}`);
    const damaged = Buffer.from(whole);
    damaged[30] = (damaged[30] ?? 0) ^ 1;
    writeFileSync(`${at}/${name}`, damaged);
    expect([name, check()]).toEqual([name, expect.not.stringContaining('what they commit to')]);
    writeFileSync(`${at}/${name}`, whole);
  }
});
