import { createHash } from 'node:crypto';

/**
 * Keys and tokens of sessions have 256 random bits, so that one round of SHA-256 is enough: there is nothing to guess, and no need for a
 * slow hash on every request.
 */
export const hashOfKey = (key: string): Buffer => createHash('sha256').update(key).digest();
