import { openSecretKey, type SecretKey, seal, unseal } from '@runledger/secrets';

/** Encrypts the keys of subjects, which are never stored otherwise. `place` is bound to what it encrypts: elsewhere that does not open. */
export interface KeyEncryption {
  encrypt(place: string, key: Buffer): Promise<Buffer>;
  /** @throws Fault bug SECRETS_SEAL_BROKEN where it was changed, or encrypted by another key or for another place */
  decrypt(place: string, encrypted: Buffer): Promise<Buffer>;
}

/** By a key that this process has in memory. */
export const encryptionBy = (secret: SecretKey): KeyEncryption => ({
  encrypt: async (place, key) => seal(secret, place, key.toString('base64')),
  decrypt: async (place, encrypted) => Buffer.from(unseal(secret, place, encrypted), 'base64'),
});

/** By a key of 256 bits in a file for this user only; made when there is none. @throws Fault invalid SECRETS_KEY_OPEN, SECRETS_BAD_KEY */
export const openKeyFile = async (path: string): Promise<KeyEncryption> => encryptionBy(await openSecretKey(path));
