import { GrowingTree, HASH_BYTES, TILE_WIDTH } from '@runledger/merkle';
import type { TileGrowth } from '@runledger/postgres';

const TILE_LEVELS = 8;

export type Grown = Readonly<{ size: number; root: Buffer; subtrees: readonly Buffer[]; tiles: readonly TileGrowth[] }>;

/** New hashes of one level of tiles, which begin behind `before` of them, cut where tiles end. */
function cut(level: number, before: number, hashes: readonly Buffer[]): TileGrowth[] {
  const growths: TileGrowth[] = [];
  for (let at = 0; at < hashes.length; ) {
    const index = Math.floor((before + at) / TILE_WIDTH);
    const some = hashes.slice(at, (index + 1) * TILE_WIDTH - before);
    at += some.length;
    growths.push({ level, index, bytes: Buffer.concat(some), widthAfter: before + at - index * TILE_WIDTH });
  }
  return growths;
}

/** Pure. A tree with more leaves, and what its tiles get at their ends (C2SP tlog-tiles). */
export function growTree(
  { size, subtrees }: Readonly<{ size: number; subtrees: readonly Buffer[] }>,
  leaves: readonly Buffer[],
): Grown {
  const tree = new GrowingTree(size, subtrees);
  const levels: Buffer[][] = [];
  const add = (level: number, hash: Buffer): void => {
    const own = levels[level] ?? [];
    own.push(hash);
    levels[level] = own;
  };
  for (const leaf of leaves) {
    if (leaf.length !== HASH_BYTES) throw new RangeError('a leaf is known by its hash');
    add(0, leaf);
    for (const { level, hash } of tree.append(leaf)) if (level % TILE_LEVELS === 0) add(level / TILE_LEVELS, hash);
  }
  const tiles = levels.flatMap((hashes, level) => cut(level, Math.floor(size / TILE_WIDTH ** level), hashes));
  return { size: tree.size, root: tree.root(), subtrees: tree.subtrees, tiles };
}
