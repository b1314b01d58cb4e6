import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { formatSignerKey } from '@runledger/merkle';
import { type TemporaryFolder, temporaryFolder } from '@runledger/testkit';
import { openSigningKey } from './signing-key';

let folder: TemporaryFolder;
beforeAll(() => {
  folder = temporaryFolder('notary-key');
});
afterAll(() => folder.remove());

it('is made once, for this user only, and found again', async () => {
  const path = `${folder.path}/new/notary.key`;
  const made = await openSigningKey(path, 'ledger.test');
  expect([statSync(path).mode & 0o777, readFileSync(path, 'utf8')]).toEqual([0o600, `${formatSignerKey(made)}\n`]);
  expect(formatSignerKey(await openSigningKey(path, 'ledger.test'))).toBe(formatSignerKey(made));
  chmodSync(path, 0o640);
  await expect(openSigningKey(path, 'ledger.test')).rejects.toMatchObject({ kind: 'invalid', code: 'NOTARY_KEY_OPEN' });
});

it('is not replaced where the file is no key', async () => {
  const path = `${folder.path}/torn.key`;
  writeFileSync(path, 'PRIVATE+KEY+x', { mode: 0o600 });
  await expect(openSigningKey(path, 'ledger.test')).rejects.toMatchObject({ code: 'MERKLE_BAD_KEY' });
  expect(readFileSync(path, 'utf8')).toBe('PRIVATE+KEY+x');
});
