import { randomBytes } from 'node:crypto';
import { link, open, readFile, unlink } from 'node:fs/promises';
import {
  DecryptCommand,
  GenerateDataKeyCommand,
  KMSClient,
  type KMSClientConfig,
  KMSServiceException,
} from '@aws-sdk/client-kms';
import { Fault } from '@runledger/kernel';
import { encryptionBy, type KeyEncryption } from './key-encryption';

/** Bound to what it encrypts: the same service's key does not open it as something else. */
const CONTEXT = { runledger: 'key of the keys of subjects' };

/** What the service answers and would answer again. Whoever is not there, has a fault of its own or asks to come later, is away. */
const isRefusal = (error: unknown): error is KMSServiceException =>
  error instanceof KMSServiceException && error.$fault === 'client' && error.$retryable === undefined;

async function asked<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (cause) {
    if (!isRefusal(cause))
      throw new Fault('unavailable', 'PERSONAL_KMS_AWAY', 'the key management service does not answer', { cause });
    const message = `the key management service refuses the key of RUNLEDGER_PERSONAL_KEY: ${cause.name}`;
    throw new Fault('invalid', 'PERSONAL_KMS_REFUSED', message, { cause });
  }
}

async function readBytes(file: string): Promise<Buffer | null> {
  return readFile(file).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  });
}

/** Of several processes that begin at once one writes, and all read the same. */
async function writeFirst(file: string, bytes: Uint8Array): Promise<void> {
  const beside = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`;
  const handle = await open(beside, 'wx', 0o600);
  try {
    await handle.writeFile(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await link(beside, file).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  });
  await unlink(beside);
}

type Encrypted = Readonly<{ Plaintext?: Uint8Array | undefined; CiphertextBlob?: Uint8Array | undefined }>;

/**
 * By a key of 256 bits that a key management service made and encrypted; `file` has it as the service encrypted it, which it opens at a start for whom it
 * lets. One question a start, and none for each subject: the service need not be there while people are named, and sees no names.
 * Keys and region are found as Amazon's own tools find them.
 * @throws Fault invalid PERSONAL_KMS_REFUSED, unavailable PERSONAL_KMS_AWAY
 */
export async function openKmsKey(keyId: string, file: string, config: KMSClientConfig = {}): Promise<KeyEncryption> {
  const client = new KMSClient({ maxAttempts: 3, ...config });
  try {
    if ((await readBytes(file)) === null) {
      const question = { KeyId: keyId, KeySpec: 'AES_256', EncryptionContext: CONTEXT } as const;
      const { CiphertextBlob }: Encrypted = await asked(() => client.send(new GenerateDataKeyCommand(question)));
      await writeFirst(file, CiphertextBlob ?? new Uint8Array());
    }
    const CiphertextBlob = (await readBytes(file)) ?? new Uint8Array();
    const question = { KeyId: keyId, CiphertextBlob, EncryptionContext: CONTEXT };
    const { Plaintext }: Encrypted = await asked(() => client.send(new DecryptCommand(question)));
    return encryptionBy({ id: keyId, bytes: Buffer.from(Plaintext ?? []) });
  } finally {
    client.destroy();
  }
}
