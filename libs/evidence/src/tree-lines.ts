import { Fault } from '@runledger/kernel';
import { GrowingTree, HASH_BYTES, type LeafRange, perfectSubtrees, type TreeNode } from '@runledger/merkle';
import type { Ahead } from './lines';

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

  constructor(private readonly parts: Ahead<TreePart>) {}

  /** Whether the tree says that a leaf comes next. Where it does not yet, `ready` reads on. */
  get isReady(): boolean {
    return this.#expected > 0;
  }

  /** @throws Fault invalid EVIDENCE_BAD_TREE, MERKLE_BAD_TREE */
  async ready(): Promise<void> {
    while (!this.isReady)
      if (!(await this.#takePart()))
        throw new Fault('invalid', 'EVIDENCE_BAD_TREE', 'there are more leaves than the tree has');
  }

  /** The index of the next leaf, once it is ready. */
  leaf(hash: Buffer): number {
    this.#expected--;
    this.#tree.append(hash);
    return this.#tree.size - 1;
  }

  async #takePart(): Promise<boolean> {
    if (!this.parts.isReady) await this.parts.ready();
    const part = this.parts.next;
    if (part === null) return false;
    this.parts.take();
    if ('leaves' in part) this.#expected = part.leaves;
    else this.#tree.appendSubtree(part.level, part.hash);
    return true;
  }

  /** Size and root, once all leaves are there. @throws Fault invalid EVIDENCE_BAD_TREE, MERKLE_BAD_TREE */
  async end(): Promise<{ size: number; root: Buffer }> {
    do {
      if (this.isReady) throw new Fault('invalid', 'EVIDENCE_BAD_TREE', 'there are fewer leaves than the tree has');
    } while (await this.#takePart());
    return { size: this.#tree.size, root: this.#tree.root() };
  }
}
