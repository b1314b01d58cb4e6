import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { generateSigner } from '@runledger/merkle';
import { temporaryFolder } from '@runledger/testkit';
import { type MadeLog, madeLog, writeBundleTo } from '../test/made-log';
import { signEnvelope } from './dsse';
import { verifyBundle } from './verify-bundle';

const folder = temporaryFolder('evidence');
let log: MadeLog;
let bytes: Buffer;
let path: string;
beforeAll(async () => {
  log = madeLog();
  bytes = await log.exportRun('r1');
  path = writeBundleTo(`${folder.path}/run.tar`, bytes);
});
afterAll(() => folder.remove());

const unpack = (name: string): string => {
  const to = `${folder.path}/${name}`;
  mkdirSync(to);
  execFileSync('tar', ['-xf', path, '-C', to]);
  return to;
};

describe('a bundle of a run', () => {
  it('verifies as an archive and as a folder, and says what never arrived', async () => {
    const verified = await verifyBundle(path, [log.signer]);
    expect(verified.manifest).toMatchObject({ leaves: 10, messages: 3, points: 9, size: 40 });
    expect(verified.manifest.complete).toEqual({ kind: 'streams', streams: { 'run/r1': 8 } });
    expect(verified.notices).toEqual([]);
    expect(await verifyBundle(unpack('folder'), [log.signer])).toEqual(verified);
  });

  it('is one that ordinary tools read: tar, sha256sum, one leaf a line, and a page', () => {
    const at = unpack('tools');
    expect(execFileSync('sha256sum', ['-c', '--quiet', 'SHA256SUMS'], { cwd: at, encoding: 'utf8' })).toBe('');
    const lines = readFileSync(`${at}/leaves/000000.jsonl`, 'utf8').split('\n');
    expect(lines.pop()).toBe('');
    expect(lines).toEqual(
      log.leaves.filter(({ streams }) => streams.has('run/r1')).map(({ entry }) => entry.toString()),
    );
    const page = readFileSync(`${at}/dossier.html`, 'utf8');
    for (const told of [
      'first &lt;run&gt;',
      'mnist',
      'c0ffee',
      '/home/anna/train.py',
      'model.bin',
      'loss',
      'run.finished',
      'actor-1',
    ])
      expect([told, page.includes(told)]).toEqual([told, true]);
    expect(page).not.toMatch(/<script|https?:\/\/(?!example\.test)/);
  });

  it('takes the key from the caller: another one refuses it', async () => {
    const other = generateSigner(log.signer.name);
    await expect(verifyBundle(path, [other])).rejects.toMatchObject({ code: 'EVIDENCE_BAD_MANIFEST' });
    const forged = unpack('forged');
    const { payload } = JSON.parse(readFileSync(`${forged}/manifest.dsse.json`, 'utf8')) as { payload: string };
    writeFileSync(`${forged}/manifest.dsse.json`, signEnvelope(Buffer.from(payload, 'base64'), other));
    await expect(verifyBundle(forged, [log.signer])).rejects.toMatchObject({ code: 'EVIDENCE_BAD_MANIFEST' });
    // Who signs the bundle must have signed the log too.
    await expect(verifyBundle(forged, [other])).rejects.toMatchObject({ code: 'MERKLE_UNSIGNED' });
  });

  it('is the same for the same log, and holds the leaf of a segment that it shares with other runs', async () => {
    expect((await log.exportRun('r1')).equals(bytes)).toBe(true);
    writeBundleTo(`${folder.path}/other.tar`, await log.exportRun('other-1'));
    expect((await verifyBundle(`${folder.path}/other.tar`, [log.signer])).manifest.messages).toBe(2);
  });
});

describe('a bundle of a time', () => {
  it('has every leaf and every message between two places', async () => {
    const range = writeBundleTo(`${folder.path}/range.tar`, await log.exportRange(18, 33));
    const { manifest } = await verifyBundle(range, [log.signer]);
    expect(manifest).toMatchObject({ leaves: 15, messages: 7, complete: { kind: 'range', first: 18, end: 33 } });
    const all = writeBundleTo(`${folder.path}/all.tar`, await log.exportRange(0, 40));
    expect((await verifyBundle(all, [log.signer])).manifest.leaves).toBe(40);
  });
});
