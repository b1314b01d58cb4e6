import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { Fault } from '@runledger/kernel';
import type { SecretKey } from './secret-key';

const CIPHER = 'aes-256-gcm';
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** AES-256-GCM: iv, tag, text. `place` is bound to it, so that a sealed text opens at its own place only. */
export function seal({ bytes }: SecretKey, place: string, text: string): Buffer {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv(CIPHER, bytes, iv).setAAD(Buffer.from(place));
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), sealed]);
}

/** @throws Fault bug SECRETS_SEAL_BROKEN */
export function unseal({ bytes }: SecretKey, place: string, sealed: Buffer): string {
  try {
    const decipher = createDecipheriv(CIPHER, bytes, sealed.subarray(0, IV_BYTES)).setAAD(Buffer.from(place));
    decipher.setAuthTag(sealed.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
    return Buffer.concat([decipher.update(sealed.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]).toString();
  } catch {
    throw new Fault('bug', 'SECRETS_SEAL_BROKEN', 'a stored secret cannot be opened: it was changed');
  }
}
