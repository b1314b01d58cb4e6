import { sha256Binary } from './hash';

const BLOCK = 64; // bytes: B of RFC 2104 for SHA-256
const inner = Buffer.alloc(BLOCK);
const outer = Buffer.alloc(BLOCK);

/**
 * HMAC-SHA-256 (RFC 2104, 2) in hexadecimal: what a leaf says of bytes that it does not hold.
 * Two hashes at once instead of node:crypto's object, which takes twice as long for inputs as small as events.
 */
export function saltedDigest(salt: Uint8Array, bytes: Uint8Array): string {
  const key = salt.length > BLOCK ? Buffer.from(sha256Binary(salt), 'latin1') : salt;
  for (let i = 0; i < BLOCK; i++) {
    const byte = key[i] ?? 0;
    inner[i] = byte ^ 0x36;
    outer[i] = byte ^ 0x5c;
  }
  const hashed = Buffer.from(sha256Binary(inner, bytes), 'latin1');
  return Buffer.from(sha256Binary(outer, hashed), 'latin1').toString('hex');
}
