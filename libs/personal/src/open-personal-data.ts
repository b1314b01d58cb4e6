import { type KeyEncryption, openKeyFile } from './key-encryption';
import { KeyFolder } from './key-folder';
import { PersonalData } from './personal-data';
import { SubjectCache } from './subject-cache';

export type PersonalPlace = Readonly<{
  /** Folder of the keys of subjects, shared by all processes. */
  keys: string;
  /** File of the key that encrypts them, or what does so instead. */
  encryption: string | KeyEncryption;
}>;

/** @throws Fault invalid PERSONAL_OTHER_KEY, PERSONAL_KEYS_OPEN, SECRETS_KEY_OPEN, SECRETS_BAD_KEY */
export async function openPersonalData({ keys, encryption }: PersonalPlace): Promise<PersonalData> {
  const by = typeof encryption === 'string' ? await openKeyFile(encryption) : encryption;
  return new PersonalData(new SubjectCache(await KeyFolder.open(keys, by)));
}
