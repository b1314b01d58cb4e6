import { createCipheriv, createDecipheriv, createHmac, hkdfSync } from 'node:crypto';
import { sealedText } from '@runledger/contracts';

const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** The key of one subject, as it is used; `whose` is its random id. */
export type SubjectKey = Readonly<{ whose: string; bytes: Buffer }>;

const derive = ({ bytes, whose }: SubjectKey, purpose: string): Buffer =>
  Buffer.from(hkdfSync('sha256', bytes, whose, `runledger ${purpose}`, 32));

/**
 * AES-256-GCM. The nonce is a keyed digest of the text (as in RFC 8452), so that the same text of the same subject is the same sealed
 * text: a fact that is sent again stays the same fact, and what is equal can be looked up. Two texts never share a nonce but by a collision of 96 bits.
 */
export function sealText(key: SubjectKey, text: string): string {
  const nonce = createHmac('sha256', derive(key, 'nonce')).update(text).digest().subarray(0, NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, derive(key, 'text'), nonce).setAAD(Buffer.from(key.whose));
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return sealedText(key.whose, Buffer.concat([nonce, cipher.getAuthTag(), sealed]));
}

/** Null where it was changed, or sealed by another key. */
export function openText(key: SubjectKey, ciphertext: Buffer): string | null {
  try {
    const decipher = createDecipheriv(CIPHER, derive(key, 'text'), ciphertext.subarray(0, NONCE_BYTES));
    decipher.setAAD(Buffer.from(key.whose)).setAuthTag(ciphertext.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
    return Buffer.concat([decipher.update(ciphertext.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()]).toString();
  } catch {
    return null;
  }
}
