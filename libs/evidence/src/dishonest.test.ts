import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { isFault } from '@runledger/kernel';
import { temporaryFolder } from '@runledger/testkit';
import { type MadeLog, madeLog, sha256, writeBundleTo } from '../test/made-log';
import { openEnvelope, signEnvelope } from './dsse';
import { readStatement, writeStatement } from './statement';
import { verifyBundle } from './verify-bundle';

// What an operator who has the key can do to a bundle, short of signing another log.

const folder = temporaryFolder('evidence-dishonest');
let log: MadeLog;
let archive: string;
let count = 0;
beforeAll(async () => {
  log = madeLog();
  archive = writeBundleTo(`${folder.path}/run.tar`, await log.exportRun('r1'));
});
afterAll(() => folder.remove());

type Files = Readonly<{
  change(name: string, change: (text: string) => string): void;
  write(name: string, bytes: string): void;
  remove(name: string): void;
}>;

/** Changes files of a bundle, and signs what came of it. Answers what the verifier finds. */
async function signedAnew(act: (files: Files) => void): Promise<string> {
  const at = `${folder.path}/${count++}`;
  mkdirSync(at);
  execFileSync('tar', ['-xf', archive, '-C', at]);
  const names = new Set(
    readFileSync(`${at}/SHA256SUMS`, 'utf8')
      .trim()
      .split('\n')
      .map((line) => line.slice(66)),
  );
  const write = (name: string, bytes: string): void => {
    names.add(name);
    writeFileSync(`${at}/${name}`, bytes, 'latin1');
  };
  act({
    write,
    change: (name, change) => write(name, change(readFileSync(`${at}/${name}`, 'latin1'))),
    remove: (name) => {
      names.delete(name);
      rmSync(`${at}/${name}`);
    },
  });
  const sums = [...names].map((name) => `${sha256(readFileSync(`${at}/${name}`))}  ${name}\n`).join('');
  writeFileSync(`${at}/SHA256SUMS`, sums);
  const { manifest } = readStatement(openEnvelope(readFileSync(`${at}/manifest.dsse.json`), [log.signer]));
  const statement = writeStatement(sha256(Buffer.from(sums)), manifest);
  writeFileSync(`${at}/manifest.dsse.json`, signEnvelope(statement, log.signer));
  try {
    await verifyBundle(at, [log.signer]);
    return 'nothing';
  } catch (error) {
    if (!isFault(error)) throw error;
    return `${error.code} ${error.message}`;
  }
}

const withoutLine = (line: number) => (text: string) =>
  text
    .split('\n')
    .filter((_, i) => i !== line)
    .join('\n');
const ARTIFACT = `artifacts/${sha256(Buffer.from('all is well\n'))}`;

it('signs what is as it was', async () => {
  expect(await signedAnew(() => undefined)).toBe('nothing');
});

it.each<[string, (files: Files) => void, string]>([
  [
    'a leaf',
    ({ change }) => change('leaves/000000.jsonl', (text) => text.replace('run.finished', 'run.finishes')),
    'EVIDENCE_OTHER_TABLE leaves/',
  ],
  [
    'a leaf that is left out',
    ({ change }) => change('leaves/000000.jsonl', withoutLine(2)),
    'EVIDENCE_INCOMPLETE leaves: run/r1',
  ],
  ['the last leaf left out', ({ change }) => change('leaves/000000.jsonl', withoutLine(9)), 'EVIDENCE_OTHER_TABLE'],
  [
    'a payload',
    ({ change }) => change('payloads/000000.jsonl', (text) => text.replace('"lr"', '"rl"')),
    'EVIDENCE_BAD_PAYLOAD payloads: that of leaf 21',
  ],
  [
    'a payload left out',
    ({ change }) => change('payloads/000000.jsonl', withoutLine(1)),
    'EVIDENCE_BAD_PAYLOAD payloads: that of leaf 21',
  ],
  [
    'a message',
    ({ change }) => change('messages/000000.jsonl', (text) => text.replace('"value":"CgJyM', '"value":"CgJyN')),
    'EVIDENCE_BAD_MESSAGE messages',
  ],
  [
    'the place of a message',
    ({ change }) => change('messages/000000.jsonl', (text) => text.replace('"at":0', '"at":1')),
    'EVIDENCE_BAD_MESSAGE messages',
  ],
  [
    'the tree',
    ({ change }) => change('tree/000000.txt', (text) => text.replace(/^node (\d) ..../m, 'node $1 AAAA')),
    'EVIDENCE_OTHER_ROOT tree',
  ],
  [
    'the tree’s end',
    ({ change }) => change('tree/000000.txt', (text) => text.replace(/node [^\n]*\n$/, '')),
    'EVIDENCE_OTHER_ROOT tree',
  ],
  [
    'the table',
    ({ change }) => change('leaves/000000.parquet', (text) => text.replace('run.finished', 'run.finishes')),
    'EVIDENCE_OTHER_TABLE leaves/000000.parquet',
  ],
  [
    'the dossier',
    ({ change }) => change('dossier.html', (text) => text.replace('c0ffee', 'decaff')),
    'EVIDENCE_OTHER_DOSSIER dossier.html',
  ],
  ['an artifact', ({ change }) => change(ARTIFACT, () => 'all is good\n'), `EVIDENCE_BAD_FILE ${ARTIFACT}`],
  ['an artifact left out', ({ remove }) => remove(ARTIFACT), `EVIDENCE_MISSING ${ARTIFACT}`],
  [
    'an artifact of nobody',
    ({ write }) => write(`artifacts/${sha256(Buffer.from('x'))}`, 'x'),
    'EVIDENCE_EXTRA artifacts/',
  ],
  [
    'the checkpoint',
    ({ change }) => change('checkpoint', (text) => text.replace('\n40\n', '\n41\n')),
    'MERKLE_BAD_SIGNATURE',
  ],
])('finds %s that was changed and signed anew', async (_, act, found) => {
  expect(await signedAnew(act)).toMatch(new RegExp(`^${found.replaceAll('.', '\\.')}`));
});
