import { chmodSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type TemporaryFolder, temporaryFolder } from '@runledger/testkit';
import { openPersonalData } from './open-personal-data';
import { type PersonalData, subjectNamed } from './personal-data';

let folder: TemporaryFolder;
beforeEach(() => {
  folder = temporaryFolder('personal-keys');
});
afterEach(() => folder.remove());

const open = (name = 'key'): Promise<PersonalData> =>
  openPersonalData({ keys: `${folder.path}/keys`, encryption: `${folder.path}/${name}` });
const ERASED = { erasure: 'e1', at: '2026-11-26T12:00:00.000Z' };
const filesBelow = (at: string): string[] =>
  readdirSync(at, { recursive: true, withFileTypes: true }).flatMap((entry) =>
    entry.isFile() ? [path.join(entry.parentPath, entry.name)] : [],
  );
const whoseIs = (sealed: string): string => sealed.split('~')[2] ?? '';

it('seals the same text of a subject to the same text, in every process, and opens it in each', async () => {
  const processes = await Promise.all([open(), open(), open()]);
  const sealed = await Promise.all(
    processes.flatMap((one) => [1, 2, 3].map(() => one.seal('w', subjectNamed('Ada'), 'Ada'))),
  );
  expect(new Set(sealed).size).toBe(1);
  expect(await processes[2]?.opened('w', `by ${sealed[0]}!`)).toBe('by Ada!');
});

it('tells subjects and workspaces apart', async () => {
  const personal = await open();
  const [here, other, there] = [
    await personal.seal('w', subjectNamed('Ada'), 'Ada'),
    await personal.seal('w', subjectNamed('Bea'), 'Ada'),
    await personal.seal('v', subjectNamed('Ada'), 'Ada'),
  ];
  expect(new Set([here, other, there].map(whoseIs)).size).toBe(3);
  expect(await personal.opened('v', here ?? '')).toBe('[sealed]');
});

it('keeps keys and names where only their owner reads them, and neither of them as it is', async () => {
  const personal = await open();
  await personal.seal('w', subjectNamed('Ada Lovelace'), 'Ada Lovelace');
  const files = filesBelow(folder.path);
  expect(files.filter((file) => (statSync(file).mode & 0o077) !== 0)).toEqual([]);
  expect(files.filter((file) => readFileSync(file).includes('Lovelace'))).toEqual([]);
});

it('opens nothing of whom it has destroyed the key, in another process after a moment, and forgets the name', async () => {
  const [personal, other] = [await open(), await open()];
  const ada = await personal.seal('w', subjectNamed('Ada'), 'Ada');
  const bea = await personal.seal('w', subjectNamed('Bea'), 'Bea');
  await personal.subjects.destroy('w', whoseIs(ada), ERASED);
  await personal.subjects.destroy('w', whoseIs(ada), ERASED);
  expect(await personal.opened('w', `${ada} ${bea}`)).toBe('[erased 2026-11-26] Bea');
  other.subjects.clear();
  expect(await other.opened('w', ada)).toBe('[erased 2026-11-26]');
  expect(await personal.subjects.named('w', subjectNamed('Ada'))).toBeNull();
  const again = await personal.seal('w', subjectNamed('Ada'), 'Ada');
  expect(whoseIs(again)).not.toBe(whoseIs(ada));
});

it('finishes a destruction that was cut off after the key had been taken away', async () => {
  const personal = await open();
  const whose = whoseIs(await personal.seal('w', subjectNamed('Ada'), 'Ada'));
  const key = `${folder.path}/keys/w/keys/${whose}`;
  renameSync(key, `${key}.destroyed`);
  const next = await open();
  expect(await next.subjects.all('w')).toEqual([]);
  await next.subjects.destroy('w', whose, ERASED);
  expect(filesBelow(`${folder.path}/keys/w/keys`)).toEqual([]);
  expect(whoseIs(await next.seal('w', subjectNamed('Ada'), 'Ada'))).not.toBe(whose);
});

it('opens nothing with another key, and says so at the start', async () => {
  await open();
  await expect(open('another')).rejects.toMatchObject({ code: 'PERSONAL_OTHER_KEY' });
});

it('does not begin where others may look', async () => {
  await open();
  chmodSync(`${folder.path}/keys`, 0o755);
  await expect(open()).rejects.toMatchObject({ code: 'PERSONAL_KEYS_OPEN' });
});

it('says that a key was changed', async () => {
  const personal = await open();
  const sealed = await personal.seal('w', subjectNamed('Ada'), 'Ada');
  const file = `${folder.path}/keys/w/keys/${whoseIs(sealed)}`;
  const kept = JSON.parse(readFileSync(file, 'utf8')) as { key: string; name: string };
  writeFileSync(file, JSON.stringify({ ...kept, key: Buffer.alloc(72).toString('base64') }));
  personal.subjects.clear();
  await expect(personal.opened('w', sealed)).rejects.toMatchObject({ code: 'SECRETS_SEAL_BROKEN' });
});
