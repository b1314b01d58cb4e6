import { createHash, randomBytes } from 'node:crypto';
import { link, mkdir, open, readFile, stat, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Fault } from '@runledger/kernel';

const KEY_BYTES = 32;
const OTHERS = 0o077;

/** The key that seals what is kept secret; `id` tells keys apart without telling anything of them. */
export type SecretKey = Readonly<{ id: string; bytes: Buffer }>;

const hasCode = (error: unknown, code: string): boolean => (error as NodeJS.ErrnoException | null)?.code === code;

const secretKeyOf = (bytes: Buffer): SecretKey => ({
  id: createHash('sha256').update('runledger secret key').update(bytes).digest('hex').slice(0, 16),
  bytes,
});

/** Whole and synced under another name first, so that of two processes that begin at once both read the same key. */
async function make(path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const beside = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`;
  const file = await open(beside, 'wx', 0o600);
  try {
    await file.writeFile(`${randomBytes(KEY_BYTES).toString('base64')}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await link(beside, path).catch((error: unknown) => {
    if (!hasCode(error, 'EEXIST')) throw error;
  });
  await unlink(beside);
}

/**
 * 32 bytes in base64, from a file for this user only; made when there is none.
 * @throws Fault invalid SECRETS_KEY_OPEN (others may read it), SECRETS_BAD_KEY
 */
export async function openSecretKey(path: string): Promise<SecretKey> {
  const info = await stat(path).catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return null;
    throw error;
  });
  if (info === null) await make(path);
  else if ((info.mode & OTHERS) !== 0)
    throw new Fault('invalid', 'SECRETS_KEY_OPEN', `others may read ${path}: chmod 600`);
  const bytes = Buffer.from((await readFile(path, 'utf8')).trim(), 'base64');
  if (bytes.length !== KEY_BYTES)
    throw new Fault('invalid', 'SECRETS_BAD_KEY', `${path} holds no key of ${KEY_BYTES} bytes in base64`);
  return secretKeyOf(bytes);
}
