import { timingSafeEqual } from 'node:crypto';
import { HASH_BYTES, nodeHash } from './hash';
import { isCount } from './subtree';

const half = (value: number): number => Math.floor(value / 2); // no shifts: they stop at 32 bits
const isOdd = (value: number): boolean => value % 2 === 1;
const areHashes = (hashes: readonly Uint8Array[]): boolean => hashes.every(({ length }) => length === HASH_BYTES);
const same = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && timingSafeEqual(a, b);

/** RFC 9162, 2.1.3.2 and 2.1.4.2: up to where the node is a right child, or the leftmost. */
function climbed(fn: number, sn: number): [number, number] {
  while (!isOdd(fn) && fn !== 0) [fn, sn] = [half(fn), half(sn)];
  return [fn, sn];
}

/**
 * RFC 9162, 2.1.3.2: the root that an inclusion proof implies, or null where it has the wrong shape. Everything here may come
 * from an attacker, sizes and indexes too.
 */
export function rootFromInclusion(
  { index, size }: Readonly<{ index: number; size: number }>,
  leaf: Uint8Array,
  proof: readonly Uint8Array[],
): Buffer | null {
  if (!isCount(index) || !isCount(size) || index >= size || !areHashes([leaf, ...proof])) return null;
  let [fn, sn] = [index, size - 1];
  let root: Uint8Array = leaf;
  for (const sibling of proof) {
    if (sn === 0) return null;
    if (isOdd(fn) || fn === sn) {
      root = nodeHash(sibling, root);
      [fn, sn] = climbed(fn, sn);
    } else root = nodeHash(root, sibling);
    [fn, sn] = [half(fn), half(sn)];
  }
  return sn === 0 ? Buffer.from(root) : null;
}

/** RFC 9162, 2.1.3.2: whether the leaf is in the tree of that root. */
export function isIncluded(
  place: Readonly<{ index: number; size: number }>,
  leaf: Uint8Array,
  proof: readonly Uint8Array[],
  root: Uint8Array,
): boolean {
  const implied = rootFromInclusion(place, leaf, proof);
  return implied !== null && same(implied, root);
}

type Head = Readonly<{ size: number; root: Uint8Array }>;

/** RFC 9162, 2.1.4.2: whether the later tree begins with all leaves of the earlier one, in their order. */
export function isConsistent(earlier: Head, later: Head, proof: readonly Uint8Array[]): boolean {
  const [from, to] = [earlier.size, later.size];
  if (!isCount(from) || !isCount(to) || from < 1 || from > to || !areHashes([earlier.root, later.root, ...proof]))
    return false;
  if (from === to) return proof.length === 0 && same(earlier.root, later.root);
  return provesGrowth(earlier, later, proof);
}

function provesGrowth(earlier: Head, later: Head, given: readonly Uint8Array[]): boolean {
  let [fn, sn] = [earlier.size - 1, later.size - 1];
  // Step 2: an earlier tree that is one perfect subtree is where its own proof begins.
  const path = 2 ** Math.floor(Math.log2(earlier.size)) === earlier.size ? [earlier.root, ...given] : [...given];
  while (isOdd(fn)) [fn, sn] = [half(fn), half(sn)];
  const start = path.shift();
  if (start === undefined || given.length === 0) return false;
  let [fr, sr] = [start, start];
  for (const hash of path) {
    if (sn === 0) return false;
    if (isOdd(fn) || fn === sn) {
      [fr, sr] = [nodeHash(hash, fr), nodeHash(hash, sr)];
      [fn, sn] = climbed(fn, sn);
    } else sr = nodeHash(sr, hash);
    [fn, sn] = [half(fn), half(sn)];
  }
  return sn === 0 && same(fr, earlier.root) && same(sr, later.root);
}
