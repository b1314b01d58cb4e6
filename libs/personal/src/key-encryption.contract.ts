import { randomBytes } from 'node:crypto';
import { type TemporaryFolder, temporaryFolder } from '@runledger/testkit';
import type { KeyEncryption } from './key-encryption';
import { openPersonalData } from './open-personal-data';
import { subjectNamed } from './personal-data';

const BROKEN = { code: 'SECRETS_SEAL_BROKEN' };

/** What every encryption of keys promises. `open` is in a folder: the same folder is the same key, in this process and another. */
export function keyEncryptionContract(open: (folder: string) => Promise<KeyEncryption>): void {
  let folder: TemporaryFolder;
  let one: KeyEncryption;
  const key = randomBytes(32);
  beforeEach(async () => {
    folder = temporaryFolder('key-encryption');
    one = await open(folder.path);
  });
  afterEach(() => folder.remove());

  it('opens what it has encrypted, also when it is opened anew', async () => {
    const encrypted = await one.encrypt('w/a', key);
    expect(encrypted.includes(key)).toBe(false);
    for (const who of [one, await open(folder.path)]) expect(await who.decrypt('w/a', encrypted)).toEqual(key);
  });

  it('is begun by many at once with one key', async () => {
    const shared = temporaryFolder('key-encryption');
    try {
      const all = await Promise.all(Array.from({ length: 5 }, () => open(shared.path)));
      const encrypted = await Promise.all(all.map((who) => who.encrypt('w/a', key)));
      for (const who of all) for (const bytes of encrypted) expect(await who.decrypt('w/a', bytes)).toEqual(key);
    } finally {
      shared.remove();
    }
  });

  it('encrypts the same key to something else each time', async () => {
    expect(await one.encrypt('w/a', key)).not.toEqual(await one.encrypt('w/a', key));
  });

  it('opens nothing at another place, nothing that was changed or cut, and nothing of another key', async () => {
    const encrypted = await one.encrypt('w/a', key);
    await expect(one.decrypt('w/b', encrypted)).rejects.toMatchObject(BROKEN);
    for (let at = 0; at < encrypted.length; at++) {
      const changed = Buffer.from(encrypted);
      changed[at] = (changed[at] ?? 0) ^ 1;
      await expect(one.decrypt('w/a', changed)).rejects.toMatchObject(BROKEN);
    }
    await expect(one.decrypt('w/a', encrypted.subarray(0, -1))).rejects.toMatchObject(BROKEN);
    const elsewhere = temporaryFolder('key-encryption');
    try {
      await expect((await open(elsewhere.path)).decrypt('w/a', encrypted)).rejects.toMatchObject(BROKEN);
    } finally {
      elsewhere.remove();
    }
  });

  it('keeps keys of subjects, which nothing opens once they are destroyed', async () => {
    const place = { keys: `${folder.path}/keys`, encryption: one };
    const personal = await openPersonalData(place);
    const ada = await personal.seal('w', subjectNamed('Ada'), 'Ada');
    const again = await openPersonalData({ ...place, encryption: await open(folder.path) });
    expect(await again.opened('w', ada)).toBe('Ada');
    const whose = ada.split('~')[2] ?? '';
    await personal.subjects.destroy('w', whose, { erasure: 'e1', at: '2026-11-26T12:00:00.000Z' });
    const later = await openPersonalData({ ...place, encryption: await open(folder.path) });
    expect(await later.opened('w', ada)).toBe('[erased 2026-11-26]');
  });
}
