import { existsSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createKeyStore } from '@runledger/access';
import type { DataSource } from 'typeorm';

const FILE = 'admin.key';

/**
 * Makes the admin's key when the data folder is new, and writes it where only this user can read it, for the demo and the command
 * line on this machine. Later starts change nothing: a key is revoked, not replaced.
 */
export async function provideAdminKey(
  source: DataSource,
  dataDir: string,
  chosen: string | undefined,
): Promise<string> {
  const file = path.join(dataDir, FILE);
  if (existsSync(file)) return readFileSync(file, 'utf8').trim();
  const { key } = await createKeyStore(source).create({
    workspace: 'default',
    label: 'admin',
    actor: 'admin',
    permissions: ['admin'],
    ...(chosen === undefined ? {} : { key: chosen }),
  });
  await writeFile(file, `${key}\n`, { mode: 0o600 });
  return key;
}
