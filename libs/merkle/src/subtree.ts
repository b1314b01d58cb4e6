import { EMPTY_ROOT, nodeHash } from './hash';

/** A perfect subtree: leaves `index * 2^level` up to and without `(index + 1) * 2^level`. */
export type TreeNode = Readonly<{ level: number; index: number }>;
/** Leaves from `first` up to and without `end`, the k[0:n] of the RFC. */
export type LeafRange = Readonly<{ first: number; end: number }>;

/** How many leaves a tree, or a number of one, may be: what counts exactly. */
export const isCount = (value: number): boolean => Number.isSafeInteger(value) && value >= 0;

/** RFC 9162, 2.1.1: the largest power of two smaller than `count`, which is at least 2. */
export function splitOf(count: number): number {
  let k = 1;
  while (k * 2 < count) k *= 2; // no shifts: they stop at 32 bits
  return k;
}

/** The fewest perfect subtrees that a range of leaves consists of, left to right. */
export function perfectSubtrees({ first, end }: LeafRange): TreeNode[] {
  const nodes: TreeNode[] = [];
  for (let at = first; at < end; ) {
    let [level, leaves] = [0, 1];
    while (at % (leaves * 2) === 0 && leaves * 2 <= end - at) [level, leaves] = [level + 1, leaves * 2];
    nodes.push({ level, index: at / leaves });
    at += leaves;
  }
  return nodes;
}

/** RFC 9162, 2.1.1: MTH of a range that the RFC splits a tree into, from its perfect subtrees, left to right. */
export function rootOf(subtrees: readonly Uint8Array[]): Buffer {
  let root: Uint8Array | undefined;
  for (const hash of subtrees.toReversed()) root = root === undefined ? hash : nodeHash(hash, root);
  return root === undefined ? EMPTY_ROOT : Buffer.from(root);
}
