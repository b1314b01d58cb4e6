import { cpSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { verifyBundle } from '@runledger/evidence';
import { parseVerifierKey } from '@runledger/merkle';
import { eventually, type TemporaryFolder, temporaryFolder } from '@runledger/testkit';
import { type AllInOne, startAllInOne } from './all-in-one-process';
import { CLEAR, CONTROL, NAMING, openErasureScene, SUBJECT } from './erasure-scene';
import { searchClickHouse, storesOf, TEXTS_OF_CLICKHOUSE, whereReadable } from './search-of-stores';

let folder: TemporaryFolder;
let server: AllInOne;
const scene = openErasureScene({ urlOf: () => server.url, key: () => server.key });
const { ask, command, done, usersFound } = scene;
beforeAll(async () => {
  folder = temporaryFolder('erasure');
  for (const name of ['kept', 'handed-out']) mkdirSync(`${folder.path}/${name}`);
  server = await startAllInOne(`${folder.path}/data`);
}, 120_000);
afterAll(async () => {
  await server.process.stop();
  folder.remove();
});

const FILE = 'notes/written.txt';
type Artifacts = Readonly<{ artifacts: ReadonlyArray<Readonly<{ goneAt: string | null }>> }>;
const goneOf = async (erasure: string): Promise<boolean[]> =>
  (await done<Artifacts>(`api/v1/erasures/${erasure}`)).artifacts.map(({ goneAt }) => goneAt !== null);

/** `kept` stays with the deployment and leaves names sealed; others are handed out. */
const takeBundle = (name: string, where: 'kept' | 'handed-out'): Promise<string> =>
  scene.takeBundle(`${folder.path}/${where}/${name}.tar`, where !== 'kept');

it('takes from everything that is kept what names somebody, by two persons, and leaves every proof', async () => {
  const second = await scene.secondAdmin();
  const runs: Record<string, string> = {
    [SUBJECT]: await scene.recordOf(SUBJECT),
    [CONTROL]: await scene.recordOf(CONTROL),
  };
  await scene.storeFile(runs[SUBJECT] ?? '', FILE, `${SUBJECT} was here`);
  await scene.storeFile(runs[CONTROL] ?? '', FILE, `${CONTROL} was here`);
  for (const run of Object.values(runs)) await scene.storeFile(run, 'both.txt', CLEAR);
  expect([await usersFound(SUBJECT), await usersFound(CONTROL)]).toEqual([1, 1]);
  const read = (user: string): Promise<string> => scene.textOf(runs[user] ?? '');
  expect(await read(SUBJECT)).toContain(SUBJECT);
  // Of both of them the ledger has leaves, and what they commit to.
  await eventually(scene.isInLedger, 30_000);
  const bundles = [await takeBundle('before', 'kept'), await takeBundle('before', 'handed-out')];
  cpSync(`${folder.path}/data/personal`, `${folder.path}/keys-of-a-backup`, { recursive: true });

  // A hold beats it, and says why.
  const { result: hold } = await command('place-hold', { ...NAMING, reference: 'case 3' });
  const refused = await ask('api/v1/commands/request-erasure', NAMING);
  expect([refused.status, refused.body]).toEqual([403, expect.stringContaining('case 3')]);
  await command('lift-hold', { hold: hold['hold'] });

  const artifacts = [FILE, 'both.txt'].map((path) => ({ run: runs[SUBJECT], path }));
  const held = await command('place-hold', { reference: 'case 4', artifacts: artifacts.slice(0, 1) });
  const kept = await ask('api/v1/commands/request-erasure', { ...NAMING, artifacts });
  expect([kept.status, kept.body]).toEqual([403, expect.stringContaining('case 4')]);
  await command('lift-hold', { hold: held.result['hold'] });
  const unknown = { ...NAMING, artifacts: [{ run: runs[SUBJECT], path: 'no-such-file' }] };
  expect((await ask('api/v1/commands/request-erasure', unknown)).body).toContain('ERASURE_NO_ARTIFACT');
  const request = { ...NAMING, artifacts };
  const asked = await command<{ result: { erasure: string }; texts: string[] }>('request-erasure', request);
  expect(asked.texts).toEqual(
    [SUBJECT, `${SUBJECT}-laptop`, `/home/${SUBJECT}/train.py`, `train --as ${SUBJECT}`].toSorted(),
  );
  const { erasure } = asked.result;
  expect((await ask('api/v1/commands/approve-erasure', { erasure })).body).toContain('ERASURE_BY_REQUESTER');
  expect(await read(SUBJECT)).toContain(SUBJECT);
  await command('approve-erasure', { erasure }, second);

  expect(await read(SUBJECT)).not.toContain(SUBJECT);
  expect(await read(SUBJECT)).toMatch(/"mlflow.user","value":"\[erased \d{4}-\d\d-\d\d\]"/);
  expect(await read(CONTROL)).toContain(CONTROL);
  expect([await usersFound(SUBJECT), await usersFound(CONTROL)]).toEqual([0, 1]);
  // Bytes go by their digest, when nobody else has them.
  const [own, shared] = [
    await scene.fileOf(runs[SUBJECT] ?? '', FILE),
    await scene.fileOf(runs[SUBJECT] ?? '', 'both.txt'),
  ];
  expect([own.status, own.body]).toEqual([404, expect.stringContaining('ARTIFACTS_ERASED')]);
  expect([shared.status, shared.body]).toEqual([200, CLEAR]);
  expect((await scene.fileOf(runs[CONTROL] ?? '', FILE)).body).toBe(`${CONTROL} was here`);
  expect((await goneOf(erasure)).toSorted()).toEqual([false, true]);
  await scene.deleteFile(runs[CONTROL] ?? '', 'both.txt');
  await eventually(async () => (await goneOf(erasure)).every(Boolean), 30_000, 500);
  expect((await scene.fileOf(runs[SUBJECT] ?? '', 'both.txt')).body).toContain('ARTIFACTS_ERASED');
  await eventually(
    async () => (await ask(`api/v1/erasures/${erasure}`)).body.includes('"leaf":null') === false,
    30_000,
  );
  expect(await done(`api/v1/erasures/${erasure}`)).toMatchObject({
    status: 'approved',
    requested: { by: 'admin', leaf: expect.any(Number) },
    approved: { by: expect.stringContaining('second'), leaf: expect.any(Number) },
    keysDestroyedAt: expect.any(String),
    handedOut: expect.arrayContaining([expect.objectContaining({ kind: 'evidence', actor: 'admin' })]),
    clearBefore: null,
  });

  // Every proof verifies: of bundles from before and after, and of the record against tables, tiles and checkpoints.
  bundles.push(await takeBundle('after', 'handed-out'));
  const vkey = parseVerifierKey((await ask('log/default/vkey')).body.trim());
  for (const bundle of bundles) expect((await verifyBundle(bundle, [vkey])).notices).toEqual([]);
  const after = readFileSync(bundles.at(-1) ?? '', 'utf8');
  expect(after).toMatch(/<th scope="row">erased<\/th><td>[0-9a-f]{64}, on \d{4}-\d\d-\d\d by erasure /);
  for (const check of ['check', 'ledger/check'] as const)
    expect([check, await scene.differencesOf(check)]).toEqual([check, 0]);

  // Keys that come back from a backup are gone again at the start.
  await server.process.stop();
  rmSync(`${folder.path}/data/personal`, { recursive: true });
  cpSync(`${folder.path}/keys-of-a-backup`, `${folder.path}/data/personal`, { recursive: true });
  server = await startAllInOne(`${folder.path}/data`);
  expect(await read(SUBJECT)).not.toContain(SUBJECT);
  expect(await read(CONTROL)).toContain(CONTROL);
  await server.process.stop();

  const data = `${folder.path}/data`;
  const { store, ...texts } = await searchClickHouse(`${data}/clickhouse`);
  expect(texts).toEqual(TEXTS_OF_CLICKHOUSE);
  const stores = [...(await storesOf(data, `${folder.path}/kept`)), store];
  const readable = await whereReadable(stores, [SUBJECT, CONTROL, CLEAR], data);
  const everywhere = ['rows of Postgres', 'heap and TOAST of Postgres', 'WAL of Postgres', 'kept exports'];
  const [postgres, bundled] = [everywhere.slice(0, 3), 'kept exports'];
  expect(Object.fromEntries(readable)).toEqual({
    [SUBJECT]: [],
    [CONTROL]: [...postgres, 'artifacts', bundled],
    [CLEAR]: everywhere,
  });
}, 300_000);
