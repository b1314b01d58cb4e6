import { leafHash } from './hash';
import { nodesOf, planInclusion, proofOf } from './prove';
import { rootOf, type TreeNode } from './subtree';

/** The hash of a perfect subtree of leaves that are all at hand. */
function hashOfNode(leaves: readonly Buffer[], { level, index }: TreeNode): Buffer {
  const first = index * 2 ** level;
  if (level === 0) return leaves[first] ?? Buffer.alloc(0);
  const halves = [index * 2, index * 2 + 1].map((half) => hashOfNode(leaves, { level: level - 1, index: half }));
  return rootOf(halves);
}

/**
 * RFC 9162, 2.1.3.1: the inclusion proof of one of the entries in a tree of all of them, which is small enough to be
 * computed anew. @throws Fault invalid MERKLE_NO_PROOF
 */
export function proveAmong(entries: readonly Uint8Array[], index: number): Buffer[] {
  const plan = planInclusion(index, entries.length);
  const leaves = entries.map(leafHash);
  const hashes = new Map(nodesOf(plan).map((node) => [`${node.level}/${node.index}`, hashOfNode(leaves, node)]));
  return proofOf(plan, ({ level, index: at }) => hashes.get(`${level}/${at}`) ?? Buffer.alloc(0));
}
