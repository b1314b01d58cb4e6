import { HASH_BYTES, sha256Binary } from './hash';

const BLOCK = 64; // bytes: B of RFC 2104 for SHA-256
const inner = Buffer.alloc(BLOCK);
const outer = Buffer.alloc(BLOCK);
const hashed = Buffer.alloc(HASH_BYTES);

/**
 * HMAC-SHA-256 (RFC 2104, 2), as one character for each byte. Two hashes at once instead of node:crypto's object, which takes
 * twice as long for inputs as small as events.
 */
function hmacBinary(salt: Uint8Array, bytes: Uint8Array): string {
  const key = salt.length > BLOCK ? Buffer.from(sha256Binary(salt), 'latin1') : salt;
  for (let i = 0; i < BLOCK; i++) {
    const byte = key[i] ?? 0;
    inner[i] = byte ^ 0x36;
    outer[i] = byte ^ 0x5c;
  }
  hashed.write(sha256Binary(inner, bytes), 0, 'latin1');
  return sha256Binary(outer, hashed);
}

/** HMAC-SHA-256 in hexadecimal: what a leaf says of bytes that it does not hold. */
export const saltedDigest = (salt: Uint8Array, bytes: Uint8Array): string =>
  Buffer.from(hmacBinary(salt, bytes), 'latin1').toString('hex');

/** The same in bytes, written to where many of them lie one behind the other. */
export function saltedDigestInto(salt: Uint8Array, bytes: Uint8Array, digests: Buffer, at: number): void {
  digests.write(hmacBinary(salt, bytes), at, 'latin1');
}
