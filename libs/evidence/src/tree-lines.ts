import { Fault } from '@runledger/kernel';
import { GrowingTree, HASH_BYTES, type LeafRange, perfectSubtrees, type TreeNode } from '@runledger/merkle';

/**
 * The log's tree as a bundle has it, from left to right: so many leaves that are in the bundle, or a subtree of leaves that
 * are not, by its root. Together they are all leaves of the checkpoint, so that the places of the bundle's leaves follow.
 */
export type TreePart = Readonly<{ leaves: number }> | Readonly<{ level: number; hash: Buffer }>;

export const treeLine = (part: TreePart): string =>
  'leaves' in part ? `leaves ${part.leaves}\n` : `node ${part.level} ${part.hash.toString('base64')}\n`;

/** @throws Fault invalid EVIDENCE_BAD_TREE */
export function readTreeLine(line: Buffer): TreePart {
  const text = line.toString('latin1');
  const [, leaves] = /^leaves ([1-9]\d{0,15})$/.exec(text) ?? [];
  if (leaves !== undefined) return { leaves: Number(leaves) };
  const [, level, base64 = ''] = /^node (0|[1-9]\d?) (\S{44})$/.exec(text) ?? [];
  const hash = Buffer.from(base64, 'base64');
  if (level === undefined || hash.length !== HASH_BYTES || hash.toString('base64') !== base64)
    throw new Fault('invalid', 'EVIDENCE_BAD_TREE', 'tree: a line is neither leaves nor a node');
  return { level: Number(level), hash };
}

/** Gathers the parts of a tree while its leaves go by, in the order of their indexes. */
export class TreeParts {
  #next = 0;
  #run = 0;

  constructor(private readonly hashOf: (node: TreeNode) => Promise<Buffer>) {}

  async #skip(range: LeafRange): Promise<TreePart[]> {
    const parts: TreePart[] = this.#run === 0 ? [] : [{ leaves: this.#run }];
    this.#run = 0;
    for (const node of perfectSubtrees(range)) parts.push({ level: node.level, hash: await this.hashOf(node) });
    return parts;
  }

  /** The parts before a leaf, which comes next. */
  async leaf(index: number): Promise<TreePart[]> {
    const parts = index === this.#next ? [] : await this.#skip({ first: this.#next, end: index });
    this.#next = index + 1;
    this.#run++;
    return parts;
  }

  /** The parts that are left, up to the size of the checkpoint. */
  end(size: number): Promise<TreePart[]> {
    return this.#skip({ first: this.#next, end: size });
  }
}

/** A tree that is computed while its parts and leaves are read. */
export class TreeCheck {
  readonly #tree = new GrowingTree();
  #expected = 0;

  constructor(private readonly parts: AsyncIterator<TreePart>) {}

  /** The index of the next leaf. @throws Fault invalid EVIDENCE_BAD_TREE, MERKLE_BAD_TREE */
  async leaf(hash: Buffer): Promise<number> {
    while (this.#expected === 0) {
      const next = await this.parts.next();
      if (next.done === true)
        throw new Fault('invalid', 'EVIDENCE_BAD_TREE', 'there are more leaves than the tree has');
      this.#take(next.value);
    }
    this.#expected--;
    this.#tree.append(hash);
    return this.#tree.size - 1;
  }

  #take(part: TreePart): void {
    if ('leaves' in part) this.#expected = part.leaves;
    else this.#tree.appendSubtree(part.level, part.hash);
  }

  /** Size and root, once all leaves are there. @throws Fault invalid EVIDENCE_BAD_TREE, MERKLE_BAD_TREE */
  async end(): Promise<{ size: number; root: Buffer }> {
    for (;;) {
      if (this.#expected > 0)
        throw new Fault('invalid', 'EVIDENCE_BAD_TREE', 'there are fewer leaves than the tree has');
      const next = await this.parts.next();
      if (next.done === true) return { size: this.#tree.size, root: this.#tree.root() };
      this.#take(next.value);
    }
  }
}
