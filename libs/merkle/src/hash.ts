import { createHash, hash } from 'node:crypto';

/** Bytes of every hash here: SHA-256 (RFC 9162, 2.1.1; C2SP tlog-tiles, "Merkle Tree"). */
export const HASH_BYTES = 32;

const LEAF = Buffer.of(0x00); // the prefixes keep a leaf from posing as a node
const NODE = Buffer.of(0x01);

/** RFC 9162, 2.1.1: MTH({}), the root of no leaves. */
export const EMPTY_ROOT: Buffer = createHash('sha256').digest();

// At once rather than by a Hash object: of small inputs, of which a log has millions, the object costs more than the hash.
const sha256 = (parts: readonly Uint8Array[]): Buffer => hash('sha256', Buffer.concat(parts), 'buffer');

/** RFC 9162, 2.1.1: MTH({d[0]}). */
export const leafHash = (entry: Uint8Array): Buffer => sha256([LEAF, entry]);

/** RFC 9162, 2.1.1: the hash of two subtrees beside each other. */
export const nodeHash = (left: Uint8Array, right: Uint8Array): Buffer => sha256([NODE, left, right]);
