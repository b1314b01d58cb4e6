import { createHash, hash } from 'node:crypto';

/** Bytes of every hash here: SHA-256 (RFC 9162, 2.1.1; C2SP tlog-tiles, "Merkle Tree"). */
export const HASH_BYTES = 32;

const LEAF = Buffer.of(0x00); // the prefixes keep a leaf from posing as a node
const NODE = Buffer.of(0x01);

/** RFC 9162, 2.1.1: MTH({}), the root of no leaves. */
export const EMPTY_ROOT: Buffer = createHash('sha256').digest();

// A log has millions of small inputs, of which the object that hashes, the buffer that joins and the one that answers each cost
// more than the hash: so it is one call, the parts are joined in one place, and the answer is a string.
const joint = Buffer.alloc(64 * 1024);

/** SHA-256 of some parts, one behind the other: a character for each byte, or hexadecimal. */
export function sha256(as: 'binary' | 'hex', ...parts: readonly Uint8Array[]): string {
  let length = 0;
  for (const part of parts) length += part.length;
  if (length > joint.length) return hash('sha256', Buffer.concat(parts), as);
  let at = 0;
  for (const part of parts) {
    joint.set(part, at);
    at += part.length;
  }
  return hash('sha256', joint.subarray(0, length), as);
}

/** RFC 9162, 2.1.1: MTH({d[0]}). */
export const leafHash = (entry: Uint8Array): Buffer => Buffer.from(sha256('binary', LEAF, entry), 'latin1');

/** The same, written to where many hashes lie one behind the other. */
export function leafHashInto(entry: Uint8Array, hashes: Buffer, at: number): void {
  hashes.write(sha256('binary', LEAF, entry), at, 'latin1');
}

/** RFC 9162, 2.1.1: the hash of two subtrees beside each other. */
export const nodeHash = (left: Uint8Array, right: Uint8Array): Buffer =>
  Buffer.from(sha256('binary', NODE, left, right), 'latin1');
