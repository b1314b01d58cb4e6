import { chmodSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { openDataSource } from '@runledger/postgres';
import { openSecretKey } from '@runledger/secrets';
import { createDatabase, type TemporaryFolder, type TestDatabase, temporaryFolder } from '@runledger/testkit';
import type { DataSource } from 'typeorm';
import { createVault } from './vault';

let database: TestDatabase;
let folder: TemporaryFolder;
let source: DataSource;
beforeAll(async () => {
  database = await createDatabase('vault');
  folder = temporaryFolder('vault');
  source = await openDataSource(database.url);
});
afterAll(async () => {
  await source.destroy();
  await database.drop();
  folder.remove();
});

const code = (code: string): unknown => expect.objectContaining({ code });

describe("the key's file", () => {
  it('is made once, for this user only, whoever comes at the same time', async () => {
    mkdirSync(`${folder.path}/keys`);
    const path = `${folder.path}/keys/secret.key`;
    const keys = await Promise.all(Array.from({ length: 20 }, () => openSecretKey(path)));
    expect(new Set(keys.map(({ id }) => id)).size).toBe(1);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(`${folder.path}/keys`)).toEqual(['secret.key']);
  });

  it('is refused when others may read it, and when it is no key', async () => {
    const path = `${folder.path}/open.key`;
    await openSecretKey(path);
    chmodSync(path, 0o640);
    await expect(openSecretKey(path)).rejects.toEqual(code('SECRETS_KEY_OPEN'));
    writeFileSync(`${folder.path}/bad.key`, 'short\n', { mode: 0o600 });
    await expect(openSecretKey(`${folder.path}/bad.key`)).rejects.toEqual(code('SECRETS_BAD_KEY'));
  });
});

describe('a secret', () => {
  const open = async (name: string) => createVault(source, await openSecretKey(`${folder.path}/${name}.key`));

  it('comes back as it was, from its own place and with its own key only', async () => {
    const vault = await open('one');
    const id = await vault.keep('w', 'webhook/h', 'täg \u0001 secret');
    expect(await vault.reveal('w', id)).toBe('täg \u0001 secret');
    await expect(vault.reveal('other', id)).rejects.toEqual(code('WEBHOOKS_NO_SECRET'));
    await expect((await open('two')).reveal('w', id)).rejects.toEqual(code('WEBHOOKS_OTHER_KEY'));
    await expect(createVault(source, undefined).reveal('w', id)).rejects.toEqual(code('WEBHOOKS_NO_KEY'));
  });

  it('opens neither where it was moved nor after a bit was changed', async () => {
    const vault = await open('one');
    const [a, b] = [await vault.keep('w', 'webhook/a', 'one'), await vault.keep('w', 'webhook/b', 'two')];
    await source.query(
      'update custody.secret set sealed = (select sealed from custody.secret where id = $1) where id = $2',
      [a, b],
    );
    await expect(vault.reveal('w', b)).rejects.toEqual(code('SECRETS_SEAL_BROKEN'));
    await source.query(
      'update custody.secret set sealed = set_byte(sealed, 30, get_byte(sealed, 30) # 1) where id = $1',
      [a],
    );
    await expect(vault.reveal('w', a)).rejects.toEqual(code('SECRETS_SEAL_BROKEN'));
  });

  it('is sealed otherwise each time, and forgotten with its owner', async () => {
    const vault = await open('one');
    const ids = [await vault.keep('w', 'webhook/c', 'same'), await vault.keep('w', 'webhook/c', 'same')];
    const rows: Array<{ sealed: Buffer }> = await source.query('select sealed from custody.secret where id = any($1)', [
      ids,
    ]);
    expect(new Set(rows.map(({ sealed }) => sealed.toString('hex'))).size).toBe(2);
    await vault.forgetAll('w', 'webhook/c');
    await expect(vault.reveal('w', ids[0] ?? '')).rejects.toEqual(code('WEBHOOKS_NO_SECRET'));
  });
});
