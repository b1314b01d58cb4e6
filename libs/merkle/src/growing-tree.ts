import { Fault } from '@runledger/kernel';
import { HASH_BYTES, nodeHash } from './hash';
import { isCount, perfectSubtrees, rootOf, type TreeNode } from './subtree';

/** A perfect subtree that an appended leaf completed. */
export type Completed = TreeNode & Readonly<{ hash: Buffer }>;

/**
 * A tree that only grows, as the hashes of its perfect subtrees: one for each bit of its size, so that ten million leaves
 * are 24 hashes. RFC 9162, 2.1.2 (a stack that merges whenever two subtrees have one size).
 */
export class GrowingTree {
  #size: number;
  /** The largest first. */
  readonly #subtrees: Array<{ level: number; hash: Buffer }>;

  /**
   * `subtrees` are the hashes of perfectSubtrees({ first: 0, end: size }).
   * @throws Fault invalid MERKLE_BAD_TREE
   */
  constructor(size = 0, subtrees: readonly Uint8Array[] = []) {
    const nodes = isCount(size) ? perfectSubtrees({ first: 0, end: size }) : [];
    if (!isCount(size) || nodes.length !== subtrees.length || subtrees.some(({ length }) => length !== HASH_BYTES))
      throw new Fault('invalid', 'MERKLE_BAD_TREE', 'these are not the subtrees of a tree of that size');
    this.#size = size;
    this.#subtrees = nodes.map(({ level }, i) => ({ level, hash: Buffer.from(subtrees[i] ?? []) }));
  }

  get size(): number {
    return this.#size;
  }

  /** The largest first. What the constructor takes. */
  get subtrees(): Buffer[] {
    return this.#subtrees.map(({ hash }) => hash);
  }

  /** RFC 9162, 2.1.1: MTH of all leaves. */
  root(): Buffer {
    return rootOf(this.subtrees);
  }

  /** Adds a leaf by its hash. Answers the subtrees of more than one leaf that it completes, the smallest first. */
  append(leaf: Buffer): Completed[] {
    return this.#push(0, leaf);
  }

  /** Adds 2^level leaves of which only their root is known. @throws Fault invalid MERKLE_BAD_TREE (they cannot begin here) */
  appendSubtree(level: number, hash: Buffer): Completed[] {
    const leaves = 2 ** level;
    if (!isCount(level) || !isCount(this.#size + leaves) || this.#size % leaves !== 0 || hash.length !== HASH_BYTES)
      throw new Fault('invalid', 'MERKLE_BAD_TREE', `no subtree of level ${level} begins behind ${this.#size} leaves`);
    return this.#push(level, hash);
  }

  #push(first: number, root: Buffer): Completed[] {
    const completed: Completed[] = [];
    let [level, hash] = [first, root];
    for (let left = this.#subtrees.at(-1); left?.level === level; left = this.#subtrees.at(-1)) {
      this.#subtrees.pop();
      [level, hash] = [level + 1, nodeHash(left.hash, hash)];
      completed.push({ level, index: Math.floor(this.#size / 2 ** level), hash });
    }
    this.#subtrees.push({ level, hash });
    this.#size += 2 ** first;
    return completed;
  }
}
