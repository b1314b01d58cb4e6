import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { verifyBundle } from '@runledger/evidence';
import {
  COSIGNATURE,
  formatVerifierKey,
  generateSigner,
  openNote,
  parseVerifierKey,
  renameSigner,
} from '@runledger/merkle';
import { eventually, type TemporaryFolder, temporaryFolder, WORKSPACE } from '@runledger/testkit';
import { type Litewitness, startLitewitness } from '../test/litewitness';
import { facts, HOST, openScene, type Scene } from '../test/notary-scene';
import { fetchLog, readLog } from '../test/read-log';
import { parseWitness } from './witness';

const run = promisify(execFile);
const ORIGIN = `${HOST}/log/default`;
let scene: Scene;
let witness: Litewitness;
let folder: TemporaryFolder;
let vkey: string;
beforeAll(async () => {
  folder = temporaryFolder('witness-test');
  [scene, witness] = await Promise.all([openScene(), startLitewitness()]);
  vkey = formatVerifierKey(renameSigner(scene.signer, ORIGIN));
}, 560_000);
afterAll(async () => {
  await scene.close();
  await witness.stop();
  folder.remove();
});

const address = () => ({ url: scene.server.url, workspace: 'default', key: scene.keys.auditor });
const get = (path: string): Promise<Response> =>
  fetch(`${scene.server.url}/${path}`, { headers: { authorization: `Bearer ${scene.keys.auditor}` } });

type Row = Readonly<{ size: number; fault: string | null }>;
const delivery = async (of: Scene): Promise<Row | undefined> => {
  const [row]: Array<{ size: string; fault: string | null }> = await of.source.query(
    `select size, fault from custody.ledger_delivery where kind = 'witness' and workspace = 'default'`,
  );
  return row === undefined ? undefined : { ...row, size: Number(row.size) };
};
const fault = (of: Scene, code: string) =>
  eventually(async () => ((await delivery(of))?.fault === code ? true : undefined), 30_000);

/** Grows the log, and waits until what is served has the witness's signature at that size. */
async function grow(ids: readonly string[]): Promise<{ size: number; note: string; time: number }> {
  await scene.log.publish([facts('r1', ids)]);
  await scene.published();
  const { checkpoint } = await readLog(address(), ORIGIN);
  return eventually(async () => {
    const note = await (await fetchLog(address(), 'checkpoint')).text();
    if (!note.includes('— witness.test/w1 ')) return undefined;
    const { verified } = openNote(note, [parseVerifierKey(vkey), parseVerifierKey(witness.verifierKey)]);
    expect(verified.map(({ verifier }) => verifier.name)).toEqual([ORIGIN, 'witness.test/w1']);
    return { size: checkpoint.size, note, time: verified[1]?.time ?? 0 };
  }, 40_000);
}

it('a witness that does not know the log is asked again, and signs when it does: each later size follows from the one before', async () => {
  await scene.notary({ witnesses: [witness.setting] });
  await scene.log.publish([facts('r1', ['a'])]);
  await fault(scene, 'NOTARY_SINK_AWAY');
  await witness.knowLog(ORIGIN, vkey);
  const first = await grow(['b', 'c']);
  expect(Math.abs(first.time - Date.now() / 1_000)).toBeLessThan(60);
  const second = await grow(['d', 'e', 'f', 'g']);
  expect([first.size, second.size]).toEqual([3, 7]);
  expect(await delivery(scene)).toEqual({ size: 7, fault: null });
}, 120_000);

it('goes on from what the witness says that it knows, where nothing of it is remembered here', async () => {
  await scene.source.query('delete from custody.ledger_cosignature');
  const { size } = await grow(['h']);
  expect(size).toBe(8);
}, 60_000);

it('is in proofs and in exports, where its signature can be asked for, of our verifier and of other people', async () => {
  const { proofs } = (await (await get('api/v1/proofs/event/h')).json()) as { proofs: Array<{ proof: string }> };
  expect(proofs[0]?.proof).toContain('— witness.test/w1 ');
  const { checkpoints } = (await (await get('api/v1/checkpoints?limit=1')).json()) as {
    checkpoints: Array<{ note: string }>;
  };
  expect(checkpoints[0]?.note).toContain('— witness.test/w1 ');
  const ledger = (await (await get('api/v1/ledger')).json()) as { witnesses: object[] };
  expect(ledger).toMatchObject({ workspace: 'default', origin: ORIGIN, verifierKeys: [vkey], sinks: [] });
  const { verifierKey } = witness;
  expect(ledger.witnesses).toEqual([
    expect.objectContaining({ name: 'witness.test/w1', verifierKey, size: 8, fault: null, failingSince: null }),
  ]);
  await scene.log.publish([facts('r1', ['i'])]);
  await scene.published();
  const bundle = `${folder.path}/run.tar`;
  writeFileSync(bundle, Buffer.from(await (await get('api/v1/evidence?run=r1')).arrayBuffer()));
  const known = parseVerifierKey(witness.verifierKey);
  const { manifest, witnesses } = await verifyBundle(bundle, [parseVerifierKey(vkey)], { witnesses: [known] });
  expect([manifest.size, witnesses]).toEqual([9, [{ name: 'witness.test/w1', time: expect.any(Number) as number }]]);
  const other = generateSigner('example.com/w', COSIGNATURE);
  const missing = verifyBundle(bundle, [parseVerifierKey(vkey)], { witnesses: [other] });
  await expect(missing).rejects.toMatchObject({ code: 'EVIDENCE_NO_WITNESS' });

  const program = `${folder.path}/verify`;
  await run('go', ['build', '-o', program, '.'], { cwd: `${WORKSPACE}/services/notary/e2e/verify`, timeout: 500_000 });
  const ask = (key: string) => run(program, ['-bundle', bundle, '-vkey', vkey, '-witness', key]);
  expect((await ask(witness.verifierKey)).stdout).toContain('9 leaves');
  await expect(ask(formatVerifierKey(other))).rejects.toMatchObject({
    stderr: expect.stringContaining('example.com/w has not signed it') as string,
  });
}, 120_000);

it('a second log under the same name and key gets no signature, and it is told why', async () => {
  const other = await openScene();
  try {
    await other.log.publish([
      facts(
        'r1',
        Array.from({ length: 20 }, (_, i) => `other-${i}`),
      ),
    ]);
    await other.notary({ key: scene.signer, witnesses: [witness.setting] });
    await fault(other, 'NOTARY_WITNESS_REFUSED');
    expect(await other.source.query('select 1 from custody.ledger_cosignature')).toEqual([]);
  } finally {
    await other.close();
  }
}, 60_000);

it('a log that was set back is told that the witness has seen more of it', async () => {
  const other = await openScene();
  try {
    await other.log.publish([facts('r1', ['a'])]);
    await other.notary({ key: scene.signer, witnesses: [witness.setting] });
    await fault(other, 'NOTARY_WITNESS_AHEAD');
  } finally {
    await other.close();
  }
}, 60_000);

it.each([
  '',
  'http://w.test',
  `${'x'.repeat(3)} http://w.test`,
  'KEY ftp://w.test',
  'KEY http://w.test more',
  'LOG http://w.test',
])('a setting that names no witness is refused: %s', (text) => {
  const setting = text.replace('KEY', witness.verifierKey).replace('LOG', vkey);
  expect(() => parseWitness(setting)).toThrow('not the verifier key of a witness');
});
