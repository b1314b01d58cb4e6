import { createHash } from 'node:crypto';

/** Bytes of every hash here: SHA-256 (RFC 9162, 2.1.1; C2SP tlog-tiles, "Merkle Tree"). */
export const HASH_BYTES = 32;

const LEAF = Buffer.of(0x00); // the prefixes keep a leaf from posing as a node
const NODE = Buffer.of(0x01);

/** RFC 9162, 2.1.1: MTH({}), the root of no leaves. */
export const EMPTY_ROOT: Buffer = createHash('sha256').digest();

/** RFC 9162, 2.1.1: MTH({d[0]}). */
export const leafHash = (entry: Uint8Array): Buffer => createHash('sha256').update(LEAF).update(entry).digest();

/** RFC 9162, 2.1.1: the hash of two subtrees beside each other. */
export const nodeHash = (left: Uint8Array, right: Uint8Array): Buffer =>
  createHash('sha256').update(NODE).update(left).update(right).digest();
