import { mkdir, open, readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Fault } from '@runledger/kernel';
import { formatSignerKey, generateSigner, type NoteSigner, parseSignerKey } from '@runledger/merkle';

const OTHERS = 0o077;

const hasCode = (error: unknown, code: string): boolean => (error as NodeJS.ErrnoException | null)?.code === code;

/** Whole and synced before its first signature: a log whose key is lost is a log that ended. */
async function make(path: string, name: string): Promise<NoteSigner> {
  const signer = generateSigner(name);
  await mkdir(dirname(path), { recursive: true });
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(`${formatSignerKey(signer)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  return signer;
}

/**
 * The key of this deployment, from its file; made when there is none. Its name is the host's, and each log signs under its own.
 * @throws Fault invalid NOTARY_KEY_OPEN (others may read it), MERKLE_BAD_KEY
 */
export async function openSigningKey(path: string, host: string): Promise<NoteSigner> {
  const info = await stat(path).catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return null;
    throw error;
  });
  if (info === null) return make(path, host);
  if ((info.mode & OTHERS) !== 0) throw new Fault('invalid', 'NOTARY_KEY_OPEN', `others may read ${path}: chmod 600`);
  return parseSignerKey((await readFile(path, 'utf8')).trim());
}

/** The key that will follow, null where none is named. @throws Fault as openSigningKey */
export const openNextKey = async (path: string | undefined, host: string): Promise<NoteSigner | null> =>
  path === undefined ? null : openSigningKey(path, host);
