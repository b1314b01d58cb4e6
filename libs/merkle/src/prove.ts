import { Fault } from '@runledger/kernel';
import { isCount, type LeafRange, perfectSubtrees, rootOf, splitOf, type TreeNode } from './subtree';

/** A proof before it is computed: each of its hashes is the MTH of one range of leaves. */
export type ProofPlan = readonly LeafRange[];

const refuse = (message: string): Fault => new Fault('invalid', 'MERKLE_NO_PROOF', message);

/**
 * RFC 9162, 2.1.3.1: PATH(index, D_size), from the leaf's sibling to the root's child.
 * @throws Fault invalid MERKLE_NO_PROOF
 */
export function planInclusion(index: number, size: number): ProofPlan {
  if (!isCount(size) || !isCount(index) || index >= size) throw refuse(`there is no leaf ${index} in ${size} leaves`);
  const plan: LeafRange[] = [];
  for (let [first, end] = [0, size]; end - first > 1; ) {
    const middle = first + splitOf(end - first);
    if (index < middle) {
      plan.push({ first: middle, end });
      end = middle;
    } else {
      plan.push({ first, end: middle });
      first = middle;
    }
  }
  return plan.reverse();
}

/**
 * RFC 9162, 2.1.4.1: PROOF(from, D_to), empty where the two are one tree.
 * @throws Fault invalid MERKLE_NO_PROOF
 */
export function planConsistency(from: number, to: number): ProofPlan {
  if (!isCount(from) || !isCount(to) || from < 1 || from > to)
    throw refuse(`a tree of ${from} leaves has no proof into one of ${to}`);
  const plan: LeafRange[] = [];
  let [first, end, known] = [0, to, true]; // known: SUBPROOF's b, the verifier has the root of what is left
  while (from < end) {
    const middle = first + splitOf(end - first);
    if (from <= middle) {
      plan.push({ first: middle, end });
      end = middle;
    } else {
      plan.push({ first, end: middle });
      [first, known] = [middle, false];
    }
  }
  if (!known) plan.push({ first, end });
  return plan.reverse();
}

/** The perfect subtrees that a proof is computed from, for whoever has to fetch them first. */
export const nodesOf = (plan: ProofPlan): TreeNode[] => plan.flatMap(perfectSubtrees);

/** The proof's hashes. `hashOf` gives the hash of one of nodesOf(plan). */
export const proofOf = (plan: ProofPlan, hashOf: (node: TreeNode) => Uint8Array): Buffer[] =>
  plan.map((range) => rootOf(perfectSubtrees(range).map(hashOf)));
