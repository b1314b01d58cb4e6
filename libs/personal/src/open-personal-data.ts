import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { type KeyEncryption, openKeyFile } from './key-encryption';
import { KeyFolder } from './key-folder';
import { PersonalData } from './personal-data';
import { SubjectCache } from './subject-cache';

export type PersonalPlace = Readonly<{
  /** Folder of the keys of subjects, shared by all processes. */
  keys: string;
  /** File of the key that encrypts them, `kms:` and the name of a key of a key management service, or what does so instead. */
  encryption: string | KeyEncryption;
}>;

const OF_A_SERVICE = 'kms:';

async function encryptionOf({ keys, encryption }: PersonalPlace): Promise<KeyEncryption> {
  if (typeof encryption !== 'string') return encryption;
  if (!encryption.startsWith(OF_A_SERVICE)) return openKeyFile(encryption);
  await mkdir(keys, { recursive: true, mode: 0o700 });
  const { openKmsKey } = await import('./kms-key'); // who has a file need not load Amazon's client
  return openKmsKey(encryption.slice(OF_A_SERVICE.length), path.join(keys, 'kms.key'));
}

/** @throws Fault invalid PERSONAL_OTHER_KEY, PERSONAL_KEYS_OPEN, SECRETS_KEY_OPEN, SECRETS_BAD_KEY, and those of openKmsKey */
export async function openPersonalData(place: PersonalPlace): Promise<PersonalData> {
  return new PersonalData(new SubjectCache(await KeyFolder.open(place.keys, await encryptionOf(place))));
}
